//! Finding people.

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    listing::{self, Ask, Sort},
    scim::{Comparison, Op, Operand},
    store::{Status, User, attr, schema},
    time::whole,
};

/// Attributes of the object itself.
const OWN: [&str; 10] = [
    "id",
    "status",
    "created",
    "activated",
    "statusChanged",
    "lastUpdated",
    "lastLogin",
    "passwordChanged",
    "type.id",
    "realmId",
];

pub(super) fn list(call: &mut Call<'_>) -> Result<Answer> {
    let ask = Ask::read(call, search_rule, filter_rule)?;
    if let Ask::Prefix(q) = &ask {
        let limit = call.limit(10, 200)?;
        let found = call.state.users.iter().filter(|user| is_there(user) && starts_with(user, q));
        let items = found.take(limit).map(|user| super::brief(call, user)).collect();
        return Ok(call.page(items, None));
    }
    let limit = call.limit(200, 200)?;
    let sort = Sort::read(call).filter(|_| call.query("search").is_some());
    if let (Some(sort), Ask::Where(filter, case)) = (&sort, &ask) {
        if attribute(&sort.path).is_none() {
            return Err(ApiError::search(format!("Cannot sort by: {}", sort.path)));
        }
        let found = call
            .state
            .users
            .iter()
            .filter(|user| filter.matches(*case, &|path| operand(call, user, path)));
        let key = |user: &&User| (Sort::key(&operand(call, user, &sort.path)), user.id);
        let found = listing::sorted(found, sort, call.query("after"), key)?;
        return Ok(call.page_of(
            found.into_iter(),
            limit,
            |(key, id, _)| listing::write_cursor(key, *id),
            |(_, _, user)| super::brief(call, user),
        ));
    }
    let after = listing::after_id(call, "00u")?;
    let fits = |user: &&User| match &ask {
        Ask::Where(filter, case) => filter.matches(*case, &|path| operand(call, user, path)),
        _ => is_there(user),
    };
    let found = call.state.users.after(after).filter(fits);
    Ok(call.page_of(found, limit, |user| user.id.to_string(), |user| super::brief(call, user)))
}

/// Without `search` or `filter` those who left are not listed.
fn is_there(user: &User) -> bool {
    user.status != Status::Deprovisioned
}

fn starts_with(user: &User, q: &str) -> bool {
    [attr::FIRST_NAME, attr::LAST_NAME, attr::EMAIL]
        .into_iter()
        .any(|at| user.profile.text(at).to_lowercase().starts_with(q))
        || user.display_name().to_lowercase().starts_with(q)
}

/// `search`: any attribute; not `ne` nor `ew`, and `co` on four only.
fn search_rule(comparison: &Comparison) -> Result<(), String> {
    let Comparison { path, op, .. } = comparison;
    if attribute(path).is_none() {
        return Err(format!("The attribute is not known: {path}"));
    }
    let contains = ["profile.firstName", "profile.lastName", "profile.email", "profile.login"];
    match op {
        Op::Ne | Op::Ew => listing::refuse(comparison),
        Op::Co if !contains.contains(&path.as_str()) => listing::refuse(comparison),
        _ => Ok(()),
    }
}

/// `filter`: a few attributes, `eq`; dates in order.
fn filter_rule(comparison: &Comparison) -> Result<(), String> {
    let equal =
        ["id", "status", "profile.login", "profile.email", "profile.firstName", "profile.lastName"];
    match (comparison.path.as_str(), comparison.op) {
        (path, Op::Eq) if equal.contains(&path) => Ok(()),
        ("lastUpdated", op) if op == Op::Eq || op.is_order() => Ok(()),
        _ => listing::refuse(comparison),
    }
}

/// What a path names.
enum Named {
    /// An attribute of the object itself.
    Own,
    /// One of the profile, by number.
    Profile(u16),
}

fn attribute(path: &str) -> Option<Named> {
    match path.strip_prefix("profile.") {
        Some(name) => schema::position(&schema::USER, name).map(|(at, _)| Named::Profile(at)),
        None => OWN.contains(&path).then_some(Named::Own),
    }
}

/// The value of an attribute of a user.
fn operand<'a>(call: &'a Call<'_>, user: &'a User, path: &str) -> Operand<'a> {
    match path {
        "id" => Operand::text(user.id.as_str()),
        "status" => Operand::text(user.status.as_str()),
        "created" => Operand::Time(whole(user.created)),
        "lastUpdated" => Operand::Time(whole(user.last_updated)),
        "activated" => Operand::time(user.activated.map(whole)),
        "statusChanged" => Operand::time(user.status_changed.map(whole)),
        "lastLogin" => Operand::time(user.last_login.map(whole)),
        "passwordChanged" => Operand::time(user.password_changed.map(whole)),
        "type.id" => Operand::text(call.state.user_type.as_str()),
        _ => match attribute(path) {
            Some(Named::Profile(at)) => {
                user.profile.get(at).map_or(Operand::Absent, |atom| atom.operand())
            }
            _ => Operand::Absent,
        },
    }
}
