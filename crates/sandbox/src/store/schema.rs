//! The attributes of a profile: which there are, what values they take.

use serde_json::{Map, Value};

use super::users::Atom;

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Boolean,
    Texts,
}

/// What people may do with an attribute of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    Write,
    Read,
    Hide,
}

/// One attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) format: Option<&'static str>,
    pub(crate) required: bool,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
    pub(crate) own: Own,
    pub(crate) custom: bool,
}

const fn base(name: &'static str, title: &'static str) -> Attribute {
    Attribute {
        name,
        title,
        description: None,
        kind: Kind::Text,
        format: None,
        required: false,
        min: None,
        max: None,
        own: Own::Read,
        custom: false,
    }
}

impl Attribute {
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn length(mut self, min: Option<usize>, max: usize) -> Self {
        self.min = min;
        self.max = Some(max);
        self
    }

    const fn format(mut self, format: &'static str) -> Self {
        self.format = Some(format);
        self
    }

    const fn own(mut self, own: Own) -> Self {
        self.own = own;
        self
    }

    const fn custom(mut self, kind: Kind, description: &'static str) -> Self {
        self.custom = true;
        self.kind = kind;
        self.description = Some(description);
        self
    }

    /// `value` as this attribute keeps it; `None` clears it. An error is Okta's cause.
    fn accept(&self, value: &Value) -> Result<Option<Atom>, String> {
        let name = self.name;
        let empty = matches!(value, Value::Null) || value.as_str().is_some_and(str::is_empty);
        if empty {
            let blank = format!("{name}: The field cannot be left blank");
            return if self.required { Err(blank) } else { Ok(None) };
        }
        let fits = match self.kind {
            Kind::Text => value.is_string(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Boolean => value.is_boolean(),
            Kind::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        };
        if !fits {
            return Err(format!("{name}: The property type does not match the schema"));
        }
        if let Some(text) = value.as_str() {
            let length = text.chars().count();
            if self.min.is_some_and(|min| length < min) {
                return Err(format!("{name}: The field is too short"));
            }
            if self.max.is_some_and(|max| length > max) {
                return Err(format!("{name}: The field is too long"));
            }
            let login = !self.custom && name == "login";
            if login && !is_email(text) {
                return Err("login: Username must be in the form of an email address".to_owned());
            }
            if self.format == Some("email") && !is_email(text) {
                return Err(format!("{name}: Does not match required pattern"));
            }
        }
        Ok(Some(Atom::from_value(value.clone())))
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(' ')
    })
}

/// Changes to a profile: attribute and new value, `None` to clear it.
pub(crate) type Changes = Vec<(u16, Option<Atom>)>;

/// Checks a profile against `attributes`; all that is wrong with it comes back.
pub(crate) fn check(
    attributes: &[Attribute],
    profile: &Map<String, Value>,
    partial: bool,
) -> Result<Changes, Vec<String>> {
    let mut changes = Changes::new();
    let mut wrong = Vec::new();
    for (name, value) in profile {
        match position(attributes, name) {
            None => wrong.push(format!("Property name '{name}' is not defined in profile")),
            Some((at, attribute)) => match attribute.accept(value) {
                Ok(atom) => changes.push((at, atom)),
                Err(cause) => wrong.push(cause),
            },
        }
    }
    for (at, attribute) in numbered(attributes) {
        if partial || profile.contains_key(attribute.name) {
            continue;
        }
        if attribute.required {
            wrong.push(format!("{}: The field cannot be left blank", attribute.name));
        }
        changes.push((at, None));
    }
    if wrong.is_empty() { Ok(changes) } else { Err(wrong) }
}

/// The attribute called `name`, and its number.
pub(crate) fn position<'a>(
    attributes: &'a [Attribute],
    name: &str,
) -> Option<(u16, &'a Attribute)> {
    numbered(attributes).find(|(_, attribute)| attribute.name == name)
}

/// Attributes with their numbers.
pub(crate) fn numbered(attributes: &[Attribute]) -> impl Iterator<Item = (u16, &Attribute)> {
    (0_u16..).zip(attributes)
}

/// The user profile. The order is Okta's; `attr` names the places that code needs.
pub(crate) static USER: [Attribute; 36] = [
    base("login", "Username").required().length(Some(5), 100).own(Own::Write),
    base("firstName", "First name").required().length(Some(1), 50).own(Own::Write),
    base("lastName", "Last name").length(Some(1), 50).own(Own::Write),
    base("middleName", "Middle name"),
    base("honorificPrefix", "Honorific prefix"),
    base("honorificSuffix", "Honorific suffix"),
    base("email", "Primary email").required().format("email").own(Own::Write),
    base("title", "Title"),
    base("displayName", "Display name"),
    base("nickName", "Nickname"),
    base("profileUrl", "Profile Url").format("uri"),
    base("secondEmail", "Secondary email").format("email").own(Own::Write),
    base("mobilePhone", "Mobile phone").length(None, 100).own(Own::Write),
    base("primaryPhone", "Primary phone").length(None, 100).own(Own::Hide),
    base("streetAddress", "Street address").own(Own::Hide),
    base("city", "City").own(Own::Hide),
    base("state", "State").own(Own::Hide),
    base("zipCode", "Zip code").own(Own::Hide),
    base("countryCode", "Country code").format("country-code").own(Own::Hide),
    base("postalAddress", "Postal Address").own(Own::Hide),
    base("preferredLanguage", "Preferred language").format("language-code"),
    base("locale", "Locale").format("locale"),
    base("timezone", "Time zone").format("timezone"),
    base("userType", "User type"),
    base("employeeNumber", "Employee number"),
    base("costCenter", "Cost center"),
    base("organization", "Organization"),
    base("division", "Division"),
    base("department", "Department"),
    base("managerId", "ManagerId"),
    base("manager", "Manager"),
    base("contractEnd", "Contract end").custom(Kind::Text, "Last day of a contractor, YYYY-MM-DD"),
    base("badgeNumber", "Badge number").custom(Kind::Integer, "Number on the door badge"),
    base("onCall", "On call").custom(Kind::Boolean, "Carries the pager"),
    base("githubUsername", "GitHub username")
        .custom(Kind::Text, "Account at GitHub")
        .length(None, 39),
    base("certifications", "Certifications").custom(Kind::Texts, "Trainings passed"),
];

/// The group profile.
pub(crate) static GROUP: [Attribute; 3] = [
    Attribute { description: Some("Name"), ..base("name", "Name") }
        .required()
        .length(None, 255)
        .own(Own::Write),
    Attribute { description: Some("Description"), ..base("description", "Description") }
        .length(None, 1_024)
        .own(Own::Write),
    Attribute { custom: true, ..base("owner", "Owner") },
];
