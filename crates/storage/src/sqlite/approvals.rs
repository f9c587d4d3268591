//! Approvals in SQLite.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, query, sqlite::SqliteRow};

use super::time::{micros, oldest, time, time_if_any};
use crate::{Approval, Approver, Decided, Decision, NewApproval, State, Which};

type Result<T> = sqlx::Result<T>;

pub(super) async fn open(
    connection: &mut SqliteConnection,
    new: NewApproval,
    now: Timestamp,
) -> Result<Approval> {
    query("DELETE FROM approvals WHERE created < ?")
        .bind(oldest(now))
        .execute(&mut *connection)
        .await?;
    let same = query(
        "SELECT * FROM approvals
         WHERE binding = ? AND level = ? AND asker IS ? AND approvers IS ?
             AND state = 'pending' AND expires > ?
         ORDER BY created DESC, rowid DESC LIMIT 1",
    )
    .bind(&new.binding)
    .bind(&new.level)
    .bind(&new.asker)
    .bind(&new.approvers)
    .bind(micros(now))
    .fetch_all(&mut *connection)
    .await?;
    if let Some(row) = same.first() {
        return approval(row, now);
    }
    let made = query(
        "INSERT INTO approvals (id, binding, tool, effect, level, summary, question, principal,
             asker, approvers, org, profile, client, call_id, sealed, state, created, expires)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)
         RETURNING *",
    )
    .bind(new.id)
    .bind(new.binding)
    .bind(new.tool)
    .bind(new.effect)
    .bind(new.level)
    .bind(new.summary)
    .bind(new.question)
    .bind(new.principal)
    .bind(new.asker)
    .bind(new.approvers)
    .bind(new.org)
    .bind(new.profile)
    .bind(new.client)
    .bind(new.call_id)
    .bind(new.sealed)
    .bind(micros(now))
    .bind(micros(new.expires))
    .fetch_one(connection)
    .await?;
    approval(&made, now)
}

pub(super) async fn get(
    connection: &mut SqliteConnection,
    id: &str,
    now: Timestamp,
) -> Result<Option<Approval>> {
    let row =
        query("SELECT * FROM approvals WHERE id = ?").bind(id).fetch_optional(connection).await?;
    row.map(|row| approval(&row, now)).transpose()
}

pub(super) async fn list(
    connection: &mut SqliteConnection,
    which: Which,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Approval>> {
    let query = match which {
        Which::All => query("SELECT * FROM approvals ORDER BY created DESC, rowid DESC LIMIT ?"),
        Which::Pending => query(
            "SELECT * FROM approvals WHERE state = 'pending' AND expires > ?
             ORDER BY created DESC, rowid DESC LIMIT ?",
        )
        .bind(micros(now)),
    };
    let rows = query.bind(limit).fetch_all(connection).await?;
    rows.iter().map(|row| approval(row, now)).collect()
}

pub(super) async fn decide(
    connection: &mut SqliteConnection,
    id: &str,
    approve: bool,
    level: &str,
    by: &str,
    approver: Option<&Approver>,
    now: Timestamp,
) -> Result<Decided> {
    let (state, decided) = if approve {
        (State::Approved, Decided::Approved)
    } else {
        (State::Declined, Decided::Declined)
    };
    let changed = query(
        "UPDATE approvals SET state = ?, decided_at = ?, decided_by = ?, decided_level = ?,
             approver_id = ?, approver_login = ?, signed_in = ?, acr = ?, amr = ?
         WHERE id = ? AND state = 'pending' AND expires > ?",
    )
    .bind(state.as_str())
    .bind(micros(now))
    .bind(by)
    .bind(level)
    .bind(approver.map(|who| &who.id))
    .bind(approver.and_then(|who| who.login.as_ref()))
    .bind(approver.map(|who| micros(who.signed_in)))
    .bind(approver.and_then(|who| who.acr.as_ref()))
    .bind(approver.map(|who| who.amr.join(" ")))
    .bind(id)
    .bind(micros(now))
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() == 1 {
        return Ok(decided);
    }
    Ok(match get(connection, id, now).await?.map(|approval| approval.state) {
        None => Decided::Unknown,
        Some(State::Expired) => Decided::Expired,
        Some(state) => Decided::NotPending(state),
    })
}

pub(super) async fn consume(
    connection: &mut SqliteConnection,
    id: &str,
    binding: &str,
    now: Timestamp,
) -> Result<Option<Approval>> {
    let used = query(
        "UPDATE approvals SET state = 'consumed'
         WHERE id = ? AND binding = ? AND state = 'approved' AND expires > ?
         RETURNING *",
    )
    .bind(id)
    .bind(binding)
    .bind(micros(now))
    .fetch_all(connection)
    .await?;
    used.first().map(|row| approval(row, now)).transpose()
}

pub(super) async fn standing(
    connection: &mut SqliteConnection,
    binding: &str,
    now: Timestamp,
) -> Result<Option<Approval>> {
    let row = query(
        "SELECT * FROM approvals
         WHERE binding = ? AND state IN ('pending', 'approved', 'declined') AND expires > ?
         ORDER BY created DESC, rowid DESC LIMIT 1",
    )
    .bind(binding)
    .bind(micros(now))
    .fetch_optional(connection)
    .await?;
    row.map(|row| approval(&row, now)).transpose()
}

pub(super) async fn withdraw(connection: &mut SqliteConnection, id: &str) -> Result<bool> {
    let changed = query(
        "UPDATE approvals SET state = 'withdrawn'
         WHERE id = ? AND state IN ('pending', 'approved')",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() == 1)
}

fn approval(row: &SqliteRow, now: Timestamp) -> Result<Approval> {
    let expires = time(row, "expires")?;
    let state: &str = row.try_get("state")?;
    let state = State::written(state)
        .ok_or_else(|| sqlx::Error::Decode(format!("there is no state {state:?}").into()))?;
    Ok(Approval {
        id: row.try_get("id")?,
        binding: row.try_get("binding")?,
        tool: row.try_get("tool")?,
        effect: row.try_get("effect")?,
        level: row.try_get("level")?,
        summary: row.try_get("summary")?,
        question: row.try_get("question")?,
        principal: row.try_get("principal")?,
        asker: row.try_get("asker")?,
        approvers: row.try_get("approvers")?,
        org: row.try_get("org")?,
        profile: row.try_get("profile")?,
        client: row.try_get("client")?,
        call_id: row.try_get("call_id")?,
        sealed: row.try_get("sealed")?,
        state: state.at(now, expires),
        created: time(row, "created")?,
        expires,
        decided: decision(row)?,
    })
}

fn decision(row: &SqliteRow) -> Result<Option<Decision>> {
    let Some(at) = time_if_any(row, "decided_at")? else { return Ok(None) };
    Ok(Some(Decision {
        at,
        by: row.try_get("decided_by")?,
        level: row.try_get("decided_level")?,
        approver: approver(row)?,
    }))
}

fn approver(row: &SqliteRow) -> Result<Option<Approver>> {
    let id: Option<String> = row.try_get("approver_id")?;
    let (Some(id), Some(signed_in)) = (id, time_if_any(row, "signed_in")?) else {
        return Ok(None);
    };
    let amr: Option<&str> = row.try_get("amr")?;
    Ok(Some(Approver {
        id,
        login: row.try_get("approver_login")?,
        signed_in,
        acr: row.try_get("acr")?,
        amr: amr.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
    }))
}
