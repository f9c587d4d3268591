//! Deciding by a fresh sign-in to Okta.

use okta_gate::Level;
use okta_policy::{Candidate, MayApprove};
use okta_storage::{Approval, Approver};
use serde_json::{Map, Value, json};

use super::{
    Approvals, Judged, Refused, Result, SignInDesk,
    desk::{Lost, Returned},
};

/// Why whoever signed in may not decide, where the approval says what nobody here understands.
const UNREADABLE: &str = "who may approve this cannot be read: let the client ask again";

impl Approvals {
    /// Where approvers of that approval sign in, where they can.
    pub(super) fn desk_for(&self, approval: &Approval) -> Option<&SignInDesk> {
        let known = approval.level.parse::<Level>().is_ok();
        self.desk.as_ref().filter(|desk| known && desk.is_for(approval))
    }

    /// Decides for whoever signed in, where they may. It goes on when the answer is no longer waited
    /// for, so that no decision is without its row.
    pub(super) async fn decide_returned(
        &self,
        desk: &SignInDesk,
        returned: Returned,
        by: &'static str,
    ) -> Result<Judged> {
        let (this, desk) = (self.clone(), desk.clone());
        tokio::spawn(async move { this.judge_returned(&desk, returned, by).await }).await?
    }

    async fn judge_returned(
        &self,
        desk: &SignInDesk,
        returned: Returned,
        by: &str,
    ) -> Result<Judged> {
        let (id, approve) = (returned.wish.approval.clone(), returned.wish.approve);
        let approval = match self.pending(&id).await? {
            Ok(approval) => approval,
            Err(judged) => return Ok(judged),
        };
        if !desk.is_for(&approval) {
            return Ok(Judged::TooLow { needed: approval.level });
        }
        let approver = match desk.prove(returned).await {
            Ok(approver) => approver,
            Err(why) => return Ok(self.refuse(&approval, why, by, None)),
        };
        if let Err(why) = may(&approval, &approver, approve) {
            let why = format!("You signed in as {}: {why}", approver.name());
            return Ok(self.refuse(&approval, why, by, Some(&approver)));
        }
        self.settle(&approval, approve, Level::Person, by, Some(&approver)).await
    }

    /// Keeps a row of a sign-in that decided nothing.
    fn refuse(
        &self,
        approval: &Approval,
        why: String,
        by: &str,
        approver: Option<&Approver>,
    ) -> Judged {
        let refused = Refused::SignIn(why);
        let mut row = refused.row(Some(approval), by);
        if let (Some(approver), Value::Object(row)) = (approver, &mut row) {
            row.extend(told(approver));
        }
        (self.tell)("approval.refused", row);
        Judged::Refused(refused)
    }

    /// Keeps a row of a browser that brought nothing that counts.
    pub(super) async fn refuse_lost(&self, id: &str, lost: Lost, by: &str) -> Result<()> {
        let why = match lost {
            Lost::Unknown => "no such sign-in is under way",
            Lost::Foreign => "another browser began the sign-in",
        };
        if let Some(approval) = self.get(id).await? {
            self.refuse(&approval, why.to_owned(), by, None);
        }
        Ok(())
    }
}

/// Whether that person may decide: for a no it does not matter who asked.
fn may(approval: &Approval, person: &Approver, approve: bool) -> std::result::Result<(), String> {
    let Some(written) = &approval.approvers else { return Ok(()) };
    let approvers: MayApprove = serde_json::from_str(written).map_err(|_| UNREADABLE.to_owned())?;
    let candidate = Candidate { id: &person.id, login: person.login.as_deref() };
    let checked = if approve {
        approvers.check(candidate, approval.asker.as_deref())
    } else {
        approvers.check_named(candidate)
    };
    checked.map_err(|why| why.to_string())
}

/// Who may approve, for people; `None` where everybody may.
pub fn who_may(approval: &Approval) -> Option<String> {
    let written = approval.approvers.as_ref()?;
    let approvers = serde_json::from_str::<MayApprove>(written);
    Some(approvers.map_or_else(|_| UNREADABLE.to_owned(), |approvers| approvers.to_string()))
}

/// Who signed in, as rows of the trail have it.
pub(super) fn told(approver: &Approver) -> Map<String, Value> {
    let all = [
        ("approver", json!(approver.name())),
        ("approver_id", json!(approver.id)),
        ("signed_in", json!(approver.signed_in.to_string())),
        ("acr", json!(approver.acr)),
        ("amr", json!(approver.amr)),
    ];
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    all.into_iter()
        .filter(|(_, value)| !empty(value))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
