//! The entries of the catalog: well-known services, in our own words.

use std::sync::LazyLock;

/// A ready-made integration.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) description: &'static str,
    pub(crate) category: &'static str,
    pub(crate) website: &'static str,
    /// How people can sign in; none for an integration that only moves accounts.
    pub(crate) modes: Vec<&'static str>,
    /// Whether it creates and removes accounts.
    pub(crate) accounts: bool,
    /// Whether Okta counts its seats.
    pub(crate) licensed: bool,
    /// Whether Okta can end its sessions.
    pub(crate) logout: bool,
    /// The name of its dashboard link, where that is not `<name>_link`.
    pub(crate) link: Option<&'static str>,
    /// The properties of `settings.app` that an app made from it has, and their values where they have one.
    pub(crate) settings: Vec<(&'static str, Option<&'static str>)>,
}

/// Sorted by name.
pub(super) static INTEGRATIONS: LazyLock<Vec<Integration>> =
    LazyLock::new(|| TABLE.lines().filter_map(entry).collect());

fn entry(row: &'static str) -> Option<Integration> {
    let mut cells = row.split('|').map(str::trim);
    let mut next = || cells.next();
    let name = next().filter(|name| !name.is_empty())?;
    let (label, description, category, website) = (next()?, next()?, next()?, next()?);
    let sign_on = next()?.split_whitespace().filter_map(mode).collect();
    let abilities = next()?;
    let link = next().filter(|link| !link.is_empty());
    let settings = next().unwrap_or_default().split_whitespace().map(setting).collect();
    Some(Integration {
        name,
        label,
        description,
        category,
        website,
        modes: sign_on,
        accounts: abilities.contains("accounts"),
        licensed: abilities.contains("seats"),
        logout: abilities.contains("logout"),
        link,
        settings,
    })
}

fn setting(word: &'static str) -> (&'static str, Option<&'static str>) {
    word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)))
}

fn mode(word: &'static str) -> Option<&'static str> {
    match word {
        "saml" => Some("SAML_2_0"),
        "oidc" => Some("OPENID_CONNECT"),
        "plugin" => Some("BROWSER_PLUGIN"),
        "form" => Some("AUTO_LOGIN"),
        "wsfed" => Some("WS_FEDERATION"),
        _ => None,
    }
}

/// `name | label | description | category | website | modes | abilities | link | settings[=value]`
static TABLE: &str = "\
adobe_creative | Adobe Creative Cloud | Design, video and document tools with shared libraries | DESIGN | https://www.adobe.com | saml | accounts |  | acsUrl audienceUri
aha | Aha! | Roadmaps and ideas for product teams | PRODUCT_MANAGEMENT | https://www.aha.io | saml plugin | accounts |  | subdomain
airtable | Airtable | Tables, forms and automations that teams build themselves | COLLABORATION | https://www.airtable.com | saml plugin | accounts |  |
amazon_aws | AWS Account Federation | Sign-in to AWS accounts and roles | INFRASTRUCTURE | https://aws.amazon.com | saml | accounts |  | appFilter groupFilter sessionDuration identityProviderArn awsEnvironmentType
amazon_aws_sso | AWS IAM Identity Center | One entrance to all AWS accounts of an organization | INFRASTRUCTURE | https://aws.amazon.com/iam/identity-center | saml | accounts |  | acsURL entityID
applauz | Applauz | Recognition and rewards for employees | HUMAN_RESOURCES | https://www.applauz.me | oidc |  |  |
asana | Asana | Projects and tasks for teams | PROJECT_MANAGEMENT | https://asana.com | saml plugin | accounts logout |  |
atlassian | Atlassian Cloud | Jira, Confluence and the other Atlassian products | COLLABORATION | https://www.atlassian.com | saml | accounts logout |  | baseUrl uniqueId
bamboohr | BambooHR | Personnel records and onboarding | HUMAN_RESOURCES | https://www.bamboohr.com | saml plugin | accounts |  | subDomain
bitwarden | Bitwarden | Password manager for organizations | SECURITY | https://bitwarden.com | saml | accounts |  | acsUrl entityId
boxnet | Box | Files and content in the cloud | CONTENT_MANAGEMENT | https://www.box.com | saml plugin | accounts logout | login | groupFilter siteURL pushGroupsWithSAML
calendly | Calendly | Booking of appointments | PRODUCTIVITY | https://calendly.com | saml plugin | accounts |  |
canva | Canva | Design of documents and pictures in the browser | DESIGN | https://www.canva.com | saml | accounts |  |
cisco_webex | Cisco Webex | Meetings, calls and messages | COLLABORATION | https://www.webex.com | saml plugin | accounts |  | siteName partnerId
cloudflare | Cloudflare | Network, protection and access for web sites | SECURITY | https://www.cloudflare.com | saml oidc |  |  | teamName
concur | SAP Concur | Travel and expenses | FINANCE | https://www.concur.com | saml plugin | accounts |  | entityCode
confluent | Confluent Cloud | Managed streams of events | INFRASTRUCTURE | https://www.confluent.io | saml |  |  | connectionName
coupa | Coupa | Purchasing and spend | FINANCE | https://www.coupa.com | saml plugin | accounts |  | companySubdomain
crowdstrike | CrowdStrike Falcon | Protection of endpoints | SECURITY | https://www.crowdstrike.com | saml |  |  | cid
datadog | Datadog | Metrics, logs and traces | MONITORING | https://www.datadoghq.com | saml plugin | accounts |  | subdomain
deel | Deel | Payroll and contracts in many countries | HUMAN_RESOURCES | https://www.deel.com | saml oidc | accounts |  |
deelhr | Deel HR | Import of people from Deel | HUMAN_RESOURCES | https://www.deel.com |  | accounts |  |
docusign | DocuSign | Signing of documents | CONTENT_MANAGEMENT | https://www.docusign.com | saml plugin | accounts | login | acsUrl samlEmailAddress=false audRestriction instanceType=www
dropbox_for_business | Dropbox Business | Shared files | CONTENT_MANAGEMENT | https://www.dropbox.com | saml plugin | accounts logout |  | silentProvisioning
egnyte | Egnyte | Files with governance | CONTENT_MANAGEMENT | https://www.egnyte.com | saml plugin | accounts |  | subdomain
expensify | Expensify | Expense reports | FINANCE | https://www.expensify.com | saml plugin |  |  | domain
figma | Figma | Design of interfaces, together | DESIGN | https://www.figma.com | saml plugin | accounts |  | tenantId
freshservice | Freshservice | IT service desk | IT_MANAGEMENT | https://www.freshworks.com | saml plugin | accounts |  | subDomain
githubcloud | GitHub Enterprise Cloud | Source code of an organization | DEVELOPER_TOOLS | https://github.com | saml | accounts logout |  | githubOrg
gitlab | GitLab | Source code and pipelines | DEVELOPER_TOOLS | https://about.gitlab.com | saml plugin | accounts |  | baseUrl
google | Google Workspace | Mail, calendar, files and documents | PRODUCTIVITY | https://workspace.google.com | saml plugin | accounts seats logout |  | rpId domain afwOnly afwId
grammarly | Grammarly Business | Help with writing | PRODUCTIVITY | https://www.grammarly.com | saml | accounts |  |
greenhouse | Greenhouse Recruiting | Applicants and interviews | HUMAN_RESOURCES | https://www.greenhouse.com | saml plugin | accounts |  | acsUrl
hubspot_saml | HubSpot | Marketing, sales and service | CRM | https://www.hubspot.com | saml | accounts |  | hubId
jamfsoftwareserver | Jamf Pro | Management of Apple devices | IT_MANAGEMENT | https://www.jamf.com | saml |  |  | domain
jira_onprem | Jira (on-premises) | Issues on your own servers | DEVELOPER_TOOLS | https://www.atlassian.com/software/jira | saml plugin | accounts |  | baseURL
knowbe4 | KnowBe4 | Training in security awareness | SECURITY | https://www.knowbe4.com | saml | accounts |  | acsId
lastpass | LastPass | Password manager | SECURITY | https://www.lastpass.com | saml plugin | accounts |  |
linear | Linear | Issues for software teams | PROJECT_MANAGEMENT | https://linear.app | saml | accounts |  |
lucidchart | Lucidchart | Diagrams in the browser | DESIGN | https://www.lucidchart.com | saml plugin | accounts |  |
miro | Miro | Whiteboards for many hands | COLLABORATION | https://miro.com | saml | accounts |  |
mondaydotcom | monday.com | Boards for work and projects | PROJECT_MANAGEMENT | https://monday.com | saml plugin | accounts |  | slug
mongodb_cloud | MongoDB Cloud | Managed databases | INFRASTRUCTURE | https://www.mongodb.com | saml |  |  | acsUrl audience
netsuite | Oracle NetSuite | Accounting and planning | FINANCE | https://www.netsuite.com | saml plugin | accounts |  | accountId
newrelic | New Relic | Observability of applications | MONITORING | https://newrelic.com | saml plugin | accounts |  | accountId
notion | Notion | Notes, documents and wikis | COLLABORATION | https://www.notion.so | saml | accounts |  | workspaceId
office365 | Microsoft Office 365 | Mail, documents and Teams | PRODUCTIVITY | https://www.microsoft.com/microsoft-365 | plugin wsfed | accounts seats logout | login | tenantType wsFedConfigureType occSettings windowsTransportEnabled domain msftTenant domains office365ProvisioningType requireAdminConsent office365FlexibleProvisioningMode
okta_org2org | Okta Org2Org | Users and sign-in from another Okta org | SECURITY | https://www.okta.com | saml oidc form | accounts | login | acsUrl audRestriction baseUrl
onepassword_business | 1Password Business | Passwords and secrets of teams | SECURITY | https://1password.com | oidc | accounts |  | subdomain
pagerduty | PagerDuty | On call and incidents | MONITORING | https://www.pagerduty.com | saml plugin | accounts logout |  | subdomain
paloaltonetworks | Palo Alto Networks GlobalProtect | Remote access | SECURITY | https://www.paloaltonetworks.com | saml |  |  | baseUrl
salesforce | Salesforce.com | Customers, opportunities and cases | CRM | https://www.salesforce.com | saml plugin | accounts seats logout | mc | integrationType=STANDARD siteURL loginUrl logoutUrl instanceType=PRODUCTION portalID myDomain orgID customDomain
sentry | Sentry | Errors of applications | DEVELOPER_TOOLS | https://sentry.io | saml | accounts |  | organization
servicenow | ServiceNow | IT service management | IT_MANAGEMENT | https://www.servicenow.com | saml plugin | accounts logout |  | loginURL instanceName
slack | Slack | Messages in channels | COLLABORATION | https://slack.com | saml form | accounts logout | slack_ink | domain userEmailValue
smartsheet | Smartsheet | Sheets for projects | PROJECT_MANAGEMENT | https://www.smartsheet.com | saml plugin | accounts |  |
snowflake | Snowflake | Data warehouse | ANALYTICS | https://www.snowflake.com | saml | accounts |  | subDomain
strongdm | StrongDM | Access to databases and servers | SECURITY | https://www.strongdm.com | oidc | accounts |  | base_url
tableau_online | Tableau Cloud | Charts and dashboards | ANALYTICS | https://www.tableau.com | saml | accounts |  | acsUrl entityId
workday | Workday | Personnel, payroll and finance | HUMAN_RESOURCES | https://www.workday.com | saml plugin | accounts logout |  | siteURL loginURL
workplacebyfacebook | Workplace from Meta | Messages and groups inside a company | COLLABORATION | https://www.workplace.com | saml | accounts |  | companyId
zendesk | Zendesk | Tickets of customers | CUSTOMER_SERVICE | https://www.zendesk.com | saml plugin | accounts seats logout | login | authToken companySubDomain encryptedAuthToken
zoomus | Zoom | Video meetings and phone | COLLABORATION | https://zoom.us | saml plugin | accounts logout | login | subDomain audience_uri acs_url
";
