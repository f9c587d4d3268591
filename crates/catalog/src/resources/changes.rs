//! Changes themselves: shown before, approved by a person, taken back. Asks nothing of Okta by
//! itself: the pipeline does, as for the call that is meant.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    args::Object,
    desk::{Control, Desk, Failure, Prepared},
    tool::{Effect, Prepare, Tool, ToolDef, control, tools},
};

tools![PreviewChange, GetApprovalStatus, RunApproved, UndoChange];

/// The tool that shows what a call would change.
pub const PREVIEW_CHANGE: &ToolDef = &PreviewChange::DEF;

/// The tool that takes a change back.
pub const UNDO_CHANGE: &ToolDef = &UndoChange::DEF;

/// Show what a call would change. Nothing is sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PreviewChange {
    tool: String,
    arguments: Object,
}

impl Tool for PreviewChange {
    const DEF: ToolDef = control::<Self>("preview_change", Effect::Read).title("Preview a change");
}

impl Prepare for PreviewChange {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        Ok(Control::Preview { tool: self.tool, arguments: self.arguments.0 }.into())
    }
}

/// Tell whether a person has decided.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetApprovalStatus {
    approval_id: String,
}

impl Tool for GetApprovalStatus {
    const DEF: ToolDef =
        control::<Self>("get_approval_status", Effect::Read).title("Show an approval's status");
}

impl Prepare for GetApprovalStatus {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        Ok(Control::Status { approval: self.approval_id }.into())
    }
}

/// Make an approved call without sending its arguments again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RunApproved {
    approval_id: String,
}

impl Tool for RunApproved {
    const DEF: ToolDef =
        control::<Self>("run_approved", Effect::Write).title("Run an approved call");
}

impl Prepare for RunApproved {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        Ok(Control::Run { approval: self.approval_id }.into())
    }
}

/// Take a change back, while the object is as it left it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UndoChange {
    /// `_undo` of the answer to the change
    undo_id: String,
}

impl Tool for UndoChange {
    const DEF: ToolDef = control::<Self>("undo_change", Effect::Write).title("Undo a change");
}

impl Prepare for UndoChange {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        Ok(Control::Undo { change: self.undo_id }.into())
    }
}
