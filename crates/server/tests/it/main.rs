//! The MCP server over its wire, on an org in memory: messages in, messages out.

#[cfg(test)]
mod approvals;
#[cfg(test)]
mod approver_app;
#[cfg(test)]
mod approvers;
#[cfg(test)]
mod client;
#[cfg(test)]
mod config_file;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod confirmation;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod end_user;
#[cfg(test)]
mod every_confirmation;
#[cfg(test)]
mod person;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod token_files;
#[cfg(test)]
mod visitor;
#[cfg(test)]
mod walks;
