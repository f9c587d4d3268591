//! Which calls a rule or limit is about: effects, toolsets, tools, operations.

use globset::{GlobBuilder, GlobMatcher};

use crate::{
    facts::{Facts, Operation},
    source::Selectors,
    words::Effect,
};

/// A list of globs, of which one must match.
#[derive(Clone, Debug)]
pub struct Globs(Vec<Glob>);

/// A text that is no glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct BadGlob {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Why.
    pub problem: String,
}

#[derive(Clone, Debug)]
struct Glob {
    text: String,
    /// Of a glob of operations: what the method must match.
    method: Option<GlobMatcher>,
    name: GlobMatcher,
}

impl Glob {
    /// A name, or method, space and path.
    fn is_match(&self, name: &str) -> bool {
        match &self.method {
            None => self.name.is_match(name),
            Some(method) => name
                .split_once(' ')
                .is_some_and(|(verb, path)| method.is_match(verb) && self.name.is_match(path)),
        }
    }

    /// True where it matches the name, or the operation with values for its placeholders: those
    /// that the glob itself has at their places.
    fn can_match(&self, name: &str) -> bool {
        if self.is_match(name) {
            return true;
        }
        let mut own = self.text.split('/');
        let filled: Vec<&str> = name
            .split('/')
            .map(|part| match own.next() {
                Some(value) if part.starts_with('{') && !value.contains('*') => value,
                _ => part,
            })
            .collect();
        self.is_match(&filled.join("/"))
    }
}

/// The selectors of a rule or limit, ready to be asked.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) effects: Option<Vec<Effect>>,
    pub(crate) toolsets: Option<Globs>,
    pub(crate) tools: Option<Globs>,
    pub(crate) operations: Option<Globs>,
}

/// A selector that cannot be used: which, at which place of its list, and why.
#[derive(Debug)]
pub(crate) struct BadSelector {
    pub(crate) key: &'static str,
    pub(crate) index: Option<usize>,
    pub(crate) problem: String,
}

/// Whether one of a call's operations suffices, or all must match. What makes a call freer must
/// hold for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quorum {
    One,
    All,
}

impl Selection {
    pub(crate) fn new(source: &Selectors<'_>) -> Result<Self, BadSelector> {
        if source.effects.is_some_and(<[_]>::is_empty) {
            return Err(empty("effects"));
        }
        Ok(Self {
            effects: source.effects.map(<[_]>::to_vec),
            toolsets: globs("toolsets", source.toolsets, name)?,
            tools: globs("tools", source.tools, name)?,
            operations: globs("operations", source.operations, operation)?,
        })
    }

    /// True where no selector is given.
    pub(crate) fn is_everything(&self) -> bool {
        let Self { effects, toolsets, tools, operations } = self;
        effects.is_none() && toolsets.is_none() && tools.is_none() && operations.is_none()
    }

    /// `None` where the call is one of those meant; else what it is instead.
    pub(crate) fn refuses(&self, facts: &Facts<'_>, quorum: Quorum) -> Option<String> {
        if let Some(effects) = &self.effects
            && !effects.contains(&facts.effect)
        {
            return Some(format!("the effect is {}", facts.effect));
        }
        if let Some(toolsets) = &self.toolsets
            && !toolsets.any(facts.toolset)
        {
            return Some(format!("the toolset is {}", facts.toolset));
        }
        if let Some(tools) = &self.tools
            && !tools.any(facts.tool)
        {
            return Some(format!("the tool is {}", facts.tool));
        }
        let operations = self.operations.as_ref()?;
        let sent = facts.operations;
        if sent.is_empty() {
            return Some("it sends no operation".to_owned());
        }
        let matches = |operation: &Operation| operations.operation(operation);
        let met = match quorum {
            Quorum::One => sent.iter().any(matches),
            Quorum::All => sent.iter().all(matches),
        };
        let first = sent.iter().find(|operation| !matches(operation)).or(sent.first());
        let named = first.map_or_else(String::new, |operation| {
            format!("the operation is {} {}", operation.method, operation.template)
        });
        (!met).then_some(named)
    }
}

impl Globs {
    /// Globs over names, such as `delete_*` or `{activate,deactivate}_user`.
    pub fn of_names(patterns: &[String]) -> Result<Self, BadGlob> {
        let compile = |(index, text): (usize, &String)| {
            name(text).map_err(|problem| BadGlob { index, problem })
        };
        patterns.iter().enumerate().map(compile).collect::<Result<_, _>>().map(Self)
    }

    /// True if one of the globs matches.
    pub fn any(&self, name: &str) -> bool {
        self.0.iter().any(|glob| glob.is_match(name))
    }

    /// The globs that can match none of `names`: place, text, and whether it has no wildcards.
    pub(crate) fn idle<'a>(
        &'a self,
        names: &'a [String],
    ) -> impl Iterator<Item = (usize, &'a str, bool)> + 'a {
        let idle = |(index, glob): (usize, &'a Glob)| {
            let matches = names.iter().any(|name| glob.can_match(name));
            let exact = !glob.text.contains(['*', '?', '[', ']', '{', '}', '\\']);
            (!matches).then_some((index, glob.text.as_str(), exact))
        };
        self.0.iter().enumerate().filter_map(idle)
    }

    fn operation(&self, operation: &Operation) -> bool {
        let at = |path: &str| self.any(&format!("{} {path}", operation.method));
        at(&operation.template) || operation.path.as_deref().is_some_and(at)
    }
}

fn empty(key: &'static str) -> BadSelector {
    let problem = format!("`{key}` is empty, so that it would match nothing: leave it out");
    BadSelector { key, index: None, problem }
}

fn globs(
    key: &'static str,
    patterns: Option<&[String]>,
    compile: impl Fn(&str) -> Result<Glob, String>,
) -> Result<Option<Globs>, BadSelector> {
    let Some(patterns) = patterns else { return Ok(None) };
    if patterns.is_empty() {
        return Err(empty(key));
    }
    let compile = |(index, text): (usize, &String)| {
        compile(text).map_err(|problem| BadSelector { key, index: Some(index), problem })
    };
    patterns.iter().enumerate().map(compile).collect::<Result<_, _>>().map(|all| Some(Globs(all)))
}

fn matcher(text: &str, pattern: &str) -> Result<GlobMatcher, String> {
    let built = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    let glob = built.map_err(|error| format!("{text:?} is no glob: {}", error.kind()))?;
    Ok(glob.compile_matcher())
}

fn name(text: &str) -> Result<Glob, String> {
    Ok(Glob { text: text.to_owned(), method: None, name: matcher(text, text)? })
}

/// The glob for a pattern of operations. A placeholder stands for any placeholder, as Okta's
/// reference names the same one differently from page to page.
fn operation(text: &str) -> Result<Glob, String> {
    let bad = || {
        let example = "one looks like \"DELETE /api/v1/groups/*\"";
        format!("{text:?} is no pattern of operations: {example}")
    };
    let (method, path) = text.split_once(' ').ok_or_else(bad)?;
    let capitals = |c: char| c.is_ascii_uppercase() || matches!(c, '*' | '{' | ',' | '}');
    if method.is_empty() || !method.chars().all(capitals) || !path.starts_with(['/', '*']) {
        return Err(bad());
    }
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        pattern.push_str(before);
        let (inside, after) = after.split_once('}').ok_or_else(bad)?;
        if inside.contains(',') {
            // It is a choice, as in other globs.
            pattern.extend(["{", inside, "}"]);
        } else {
            pattern.push_str("[{]*[}]");
        }
        rest = after;
    }
    pattern.push_str(rest);
    let method = Some(matcher(text, method)?);
    Ok(Glob { text: text.to_owned(), method, name: matcher(text, &pattern)? })
}
