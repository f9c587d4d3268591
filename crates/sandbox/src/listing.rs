//! What lists have in common: which of `search`, `filter` and `q` is asked, sorting, cursors.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    call::Call,
    error::{ApiError, Result},
    id::Id,
    scim::{self, BadFilter, Case, Comparison, Filter, Operand},
};

/// What a list is asked for.
pub(crate) enum Ask {
    Everything,
    /// `q`, lower case.
    Prefix(String),
    /// `filter` or `search`, and how it reads texts.
    Where(Filter, Case),
}

/// Looks at one comparison; a refusal says why.
pub(crate) type Rule = fn(&Comparison) -> Result<(), String>;

impl Ask {
    /// Reads `search`, `filter` and `q`, each checked by the endpoint's own rule.
    pub(crate) fn read(call: &Call<'_>, search: Rule, filter: Rule) -> Result<Self> {
        match (call.query("search"), call.query("filter"), call.query("q")) {
            (Some(_), Some(_), _) => Err(ApiError::new(
                400,
                "E0000033",
                "Bad request. Can't specify a search query and filter in the same request.",
            )),
            (Some(text), _, _) => Ok(Self::Where(checked(text, search)?, Case::Ignored)),
            (_, Some(text), _) => Ok(Self::Where(checked(text, filter)?, Case::Matters)),
            (_, _, Some(text)) => Ok(Self::Prefix(text.to_lowercase())),
            _ => Ok(Self::Everything),
        }
    }
}

/// An expression that fits the grammar and the endpoint.
pub(crate) fn checked(text: &str, rule: Rule) -> Result<Filter> {
    let filter = scim::parse(text).map_err(|BadFilter(why)| ApiError::search(why))?;
    filter.check(&mut |comparison| rule(comparison).map_err(ApiError::search))?;
    Ok(filter)
}

/// The refusal of an attribute or operator.
pub(crate) fn refuse(comparison: &Comparison) -> Result<(), String> {
    let Comparison { path, op, .. } = comparison;
    Err(format!("The attribute and operator combination is not supported: {path} {}", op.as_str()))
}

/// `sortBy` and its direction, where it is asked.
pub(crate) struct Sort {
    pub(crate) path: String,
    pub(crate) descending: bool,
}

impl Sort {
    pub(crate) fn read(call: &Call<'_>) -> Option<Self> {
        let path = call.query("sortBy")?.to_owned();
        let order = call.query("sortOrder").unwrap_or_default();
        Some(Self { path, descending: order.to_ascii_lowercase().starts_with("desc") })
    }

    /// A text that sorts as the attribute does.
    pub(crate) fn key(operand: &Operand<'_>) -> String {
        match operand {
            Operand::Absent => String::new(),
            Operand::Text(text) => text.to_lowercase(),
            Operand::Time(time) => format!("{time:.3}"),
            Operand::Number(number) => format!("{number:+020.6}"),
            Operand::Bool(value) => value.to_string(),
            Operand::Many(items) => items.first().map(Self::key).unwrap_or_default(),
        }
    }
}

/// A place in a sorted list: the key and the id of the last item seen.
pub(crate) fn write_cursor(key: &str, id: Id) -> String {
    URL_SAFE_NO_PAD.encode(format!("{id}{key}"))
}

/// Reads what [`write_cursor`] wrote.
pub(crate) fn read_cursor(text: &str) -> Result<(String, Id)> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (id, key) = text.split_at_checked(20)?;
        Some((key.to_owned(), Id::parse(id)?))
    };
    read().ok_or_else(bad_cursor)
}

/// The `after` of a list in id order.
pub(crate) fn after_id(call: &Call<'_>, prefix: &str) -> Result<Option<Id>> {
    let Some(text) = call.query("after") else { return Ok(None) };
    match Id::parse(text).filter(|id| id.has_prefix(prefix)) {
        Some(id) => Ok(Some(id)),
        None => Err(bad_cursor()),
    }
}

/// 400 E0000029.
pub(crate) fn bad_cursor() -> ApiError {
    ApiError::new(400, "E0000029", "Invalid paging request.").cause("Invalid cursor.")
}

/// Sorts `items`, and drops those up to `after`.
pub(crate) fn sorted<T>(
    items: impl Iterator<Item = T>,
    sort: &Sort,
    after: Option<&str>,
    key: impl Fn(&T) -> (String, Id),
) -> Result<Vec<(String, Id, T)>> {
    let after = after.map(read_cursor).transpose()?;
    let mut keyed: Vec<_> = items
        .map(|item| {
            let (key, id) = key(&item);
            (key, id, item)
        })
        .collect();
    keyed.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    if sort.descending {
        keyed.reverse();
    }
    if let Some((key, id)) = after {
        keyed.retain(|item| {
            let order = (&item.0, item.1).cmp(&(&key, id));
            if sort.descending { order.is_lt() } else { order.is_gt() }
        });
    }
    Ok(keyed)
}
