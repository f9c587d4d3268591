//! The grammar.

use winnow::{
    ModalResult, Parser as _,
    ascii::{Caseless, float, multispace0, multispace1},
    combinator::{alt, cut_err, delimited, opt, peek, preceded, repeat, terminated},
    token::{one_of, take_while},
};

use super::{BadFilter, Comparison, Filter, Literal, Op};

/// Longest expression, and most parentheses, that are read.
const LENGTH: usize = 16_384;
const PARENTHESES: usize = 100;

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Filter, BadFilter> {
    if text.len() > LENGTH {
        return Err(BadFilter("The expression is too long.".to_owned()));
    }
    if text.matches('(').count() > PARENTHESES {
        return Err(BadFilter("The expression is nested too deeply.".to_owned()));
    }
    delimited(multispace0, or, multispace0).parse(text).map_err(|error| {
        let (good, rest) = text.split_at_checked(error.offset()).unwrap_or((text, ""));
        let near: String = rest.chars().take(20).collect();
        let at = good.chars().count();
        BadFilter(if near.is_empty() {
            "The expression ends too early.".to_owned()
        } else {
            format!("Unexpected text at position {at}, near: {near}")
        })
    })
}

fn or(input: &mut &str) -> ModalResult<Filter> {
    chain(input, and, "or", Filter::Or)
}

fn and(input: &mut &str) -> ModalResult<Filter> {
    chain(input, term, "and", Filter::And)
}

/// `part (word part)*`.
fn chain(
    input: &mut &str,
    part: fn(&mut &str) -> ModalResult<Filter>,
    word: &'static str,
    join: fn(Vec<Filter>) -> Filter,
) -> ModalResult<Filter> {
    let first = part(input)?;
    let more: Vec<Filter> =
        repeat(0.., preceded((multispace0, keyword(word)), cut_err(preceded(multispace0, part))))
            .parse_next(input)?;
    if more.is_empty() {
        return Ok(first);
    }
    let mut parts = vec![first];
    parts.extend(more);
    Ok(join(parts))
}

fn term(input: &mut &str) -> ModalResult<Filter> {
    let negated = opt((keyword("not"), multispace0, peek('('))).parse_next(input)?.is_some();
    let inner = alt((
        delimited(('(', multispace0), or, (multispace0, ')')),
        comparison.map(Filter::Compare),
    ))
    .parse_next(input)?;
    Ok(if negated { Filter::Not(Box::new(inner)) } else { inner })
}

/// A word of the grammar, whatever its case, that is not the start of a longer one.
fn keyword(word: &'static str) -> impl FnMut(&mut &str) -> ModalResult<()> {
    move |input| {
        terminated(
            Caseless(word),
            peek(alt((
                multispace1.void(),
                one_of(['(', ')']).void(),
                winnow::combinator::eof.void(),
            ))),
        )
        .void()
        .parse_next(input)
    }
}

fn comparison(input: &mut &str) -> ModalResult<Comparison> {
    let path = path.parse_next(input)?;
    multispace1.parse_next(input)?;
    let op = operator.parse_next(input)?;
    if op == Op::Pr {
        return Ok(Comparison { path, op, value: Literal::Null });
    }
    multispace1.parse_next(input)?;
    let value = cut_err(literal).parse_next(input)?;
    Ok(Comparison { path, op, value })
}

fn path(input: &mut &str) -> ModalResult<String> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | ':' | '.');
    (one_of(|c: char| c.is_alphabetic() || c == '_' || c == '$'), take_while(0.., word))
        .take()
        .verify(|path: &str| !path.ends_with('.') && !path.contains(".."))
        .map(str::to_owned)
        .parse_next(input)
}

fn operator(input: &mut &str) -> ModalResult<Op> {
    take_while(2..=2, |c: char| c.is_ascii_alphabetic())
        .verify_map(|word: &str| {
            Op::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, op)| *op)
        })
        .parse_next(input)
}

fn literal(input: &mut &str) -> ModalResult<Literal> {
    alt((
        quoted.map(Literal::text),
        keyword("true").value(Literal::Bool(true)),
        keyword("false").value(Literal::Bool(false)),
        keyword("null").value(Literal::Null),
        float.verify(|number: &f64| number.is_finite()).map(Literal::Number),
    ))
    .parse_next(input)
}

/// A JSON string.
fn quoted(input: &mut &str) -> ModalResult<String> {
    ('"', repeat::<_, _, (), _, _>(0.., alt((plain, escaped))), '"')
        .take()
        .verify_map(|text: &str| serde_json::from_str(text).ok())
        .parse_next(input)
}

fn plain(input: &mut &str) -> ModalResult<()> {
    take_while(1.., |c: char| c != '"' && c != '\\').void().parse_next(input)
}

fn escaped(input: &mut &str) -> ModalResult<()> {
    ('\\', winnow::token::any).void().parse_next(input)
}
