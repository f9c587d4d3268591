//! The templates that Okta has, what a text for each must refer to, and Okta's own text.

/// A kind of e-mail.
#[derive(Debug)]
pub(in super::super) struct Template {
    pub(in super::super) name: &'static str,
    /// A customization's body refers to one of these; to none of them where there are none.
    pub(in super::super) required: &'static [&'static str],
    pub(super) subject: &'static str,
    /// People cannot sign in without it, so that it goes to everybody.
    pub(super) needed_to_sign_in: bool,
}

const fn template(
    name: &'static str,
    subject: &'static str,
    required: &'static [&'static str],
) -> Template {
    Template { name, required, subject, needed_to_sign_in: false }
}

impl Template {
    const fn needed_to_sign_in(mut self) -> Self {
        self.needed_to_sign_in = true;
        self
    }

    /// The template called `name`.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// All of them, in the order in which Okta lists them.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        TEMPLATES.iter()
    }

    /// Okta's text, HTML.
    pub(super) fn body(&self) -> String {
        let subject = self.subject;
        let link = self.required.first().map(|name| match *name {
            "verificationToken" => "<p>Your code: ${verificationToken}</p>".to_owned(),
            name => format!("<p><a href=\"${{{name}}}\">{subject}</a></p>"),
        });
        format!(
            "<!DOCTYPE html>\n<html>\n<body>\n<h1>{subject}</h1>\n<p>Hi \
             ${{user.profile.firstName}},</p>\n{}\n<p>This is an automatically generated message \
             from ${{org.name}}.</p>\n</body>\n</html>\n",
            link.unwrap_or_default()
        )
    }
}

const ACTIVATION: &[&str] = &["activationLink", "activationToken"];
const RESET: &[&str] = &["resetPasswordLink", "recoveryToken", "oneTimePassword"];
const UNLOCK: &[&str] = &["unlockAccountLink", "recoveryToken", "oneTimePassword"];
const CODE: &[&str] = &["verificationToken", "verificationLink", "emailAuthenticationLink"];
const NOTHING: &[&str] = &[];

/// After Okta's reference and help pages on customizable e-mails.
static TEMPLATES: [Template; 32] = [
    template("UserActivation", "Welcome to ${org.name}!", ACTIVATION),
    template("ForgotPassword", "Account password reset", RESET),
    template("ForgotPasswordDenied", "Forgot password request denied", NOTHING),
    template("PasswordResetByAdmin", "Your password has been reset", NOTHING),
    template("ADUserActivation", "Welcome to ${org.name}", ACTIVATION),
    template("ADForgotPassword", "Active Directory password reset", RESET),
    template("ADForgotPasswordDenied", "Active Directory password reset denied", NOTHING),
    template("LDAPUserActivation", "Welcome to ${org.name} by LDAP", ACTIVATION),
    template("LDAPForgotPassword", "LDAP password reset", RESET),
    template("LDAPForgotPasswordDenied", "LDAP password reset denied", NOTHING),
    template("SelfServiceUnlock", "Unlock your account", UNLOCK),
    template("SelfServiceUnlockOnUnlockedAccount", "Your account is not locked", NOTHING),
    template("ADSelfServiceUnlock", "Unlock your Active Directory account", UNLOCK),
    template("LDAPSelfServiceUnlock", "Unlock your LDAP account", UNLOCK),
    template("AccountLockout", "Your account is locked", NOTHING),
    template("ChangeEmailConfirmation", "Confirm your new email address", CODE),
    template("EmailChangeConfirmation", "Your email address has changed", NOTHING),
    template("PendingEmailChange", "Your email address is about to change", NOTHING),
    template("MyAccountChangeConfirmation", "Your account has changed", NOTHING),
    template("EmailFactorVerification", "Confirm your email address", CODE).needed_to_sign_in(),
    template("EmailChallenge", "One-time verification code", CODE).needed_to_sign_in(),
    template("AuthenticatorEnrolled", "Security method enrolled", NOTHING),
    template("AuthenticatorReset", "Security method reset", NOTHING),
    template("NewSignOnNotification", "New sign-on notification", NOTHING),
    template("PasswordChanged", "Password changed", NOTHING),
    template("OktaVerifyActivation", "Set up Okta Verify", ACTIVATION),
    template("RegistrationActivation", "Activate your account", ACTIVATION),
    template("RegistrationEmailVerification", "Verify your email address", CODE),
    template("IGAReviewerNotification", "Access certification: reviews assigned", NOTHING),
    template("IGAReviewerPendingNotification", "Access certification: reviews pending", NOTHING),
    template("IGAReviewerReassigned", "Access certification: reviews reassigned", NOTHING),
    template("IGAReviewerEndNotification", "Access certification: campaign ended", NOTHING),
];
