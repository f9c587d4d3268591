//! What a condition is made of: which variables and functions it names, how deep and how large it
//! is.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

/// What stands before a function's name, and is no variable.
pub(crate) const NAMESPACES: [&str; 2] = ["optional", "strings"];

/// What was found in a condition.
#[derive(Debug, Default)]
pub(crate) struct Shape<'e> {
    /// Variables that the condition does not bind itself, each with the id of the expression.
    pub(crate) variables: Vec<(&'e str, u64)>,
    /// Fields that are selected right below a variable: `counts.offboarding`.
    pub(crate) fields: Vec<(&'e str, &'e str, u64)>,
    /// Calls.
    pub(crate) calls: Vec<(&'e CallExpr, u64)>,
    /// Names of properties, and texts in quotes.
    pub(crate) texts: Vec<&'e str>,
    /// Variables that the condition binds itself.
    pub(crate) bound: Vec<(&'e str, u64)>,
    /// How many expressions there are.
    pub(crate) size: usize,
    /// How deep they are nested.
    pub(crate) depth: usize,
    /// How many walks over a list are nested in each other.
    pub(crate) loops: usize,
}

/// Where the walk is.
#[derive(Clone)]
struct At<'e> {
    depth: usize,
    loops: usize,
    bound: Vec<&'e str>,
}

/// Walks over a condition. With a stack of its own, so that depth cannot overflow ours.
pub(crate) fn walk(expression: &IdedExpr) -> Shape<'_> {
    let mut shape = Shape::default();
    let start = At { depth: 1, loops: 0, bound: Vec::new() };
    let mut open: Vec<(&IdedExpr, At<'_>)> = vec![(expression, start)];
    while let Some((expression, at)) = open.pop() {
        shape.size += 1;
        shape.depth = shape.depth.max(at.depth);
        shape.loops = shape.loops.max(at.loops);
        let below = At { depth: at.depth + 1, ..at.clone() };
        match &expression.expr {
            Expr::Literal(LiteralValue::String(text)) => shape.texts.push(text.inner()),
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => shape.ident(name, expression.id, &at),
            Expr::Call(call) => {
                shape.call(call, expression.id, &at);
                let target = call.target.as_deref().filter(|target| namespace(target).is_none());
                let parts = target.into_iter().chain(&call.args);
                open.extend(parts.map(|part| (part, below.clone())));
            }
            Expr::List(list) => {
                open.extend(list.elements.iter().map(|element| (element, below.clone())));
            }
            Expr::Map(map) => open.extend(entries(&map.entries).map(|part| (part, below.clone()))),
            Expr::Struct(value) => {
                open.extend(entries(&value.entries).map(|part| (part, below.clone())));
            }
            Expr::Select(select) => {
                shape.texts.push(&select.field);
                if let Expr::Ident(name) = &select.operand.expr {
                    shape.fields.push((plain(name), &select.field, expression.id));
                }
                open.push((&select.operand, below));
            }
            Expr::Comprehension(walk) => {
                shape.bound.push((&walk.iter_var, expression.id));
                open.extend(comprehension(walk, &below));
            }
        }
    }
    shape
}

impl<'e> Shape<'e> {
    fn ident(&mut self, name: &'e str, id: u64, at: &At<'e>) {
        if !name.starts_with('@') && !at.bound.contains(&name) {
            self.variables.push((plain(name), id));
        }
    }

    fn call(&mut self, call: &'e CallExpr, id: u64, at: &At<'e>) {
        // `x in list` looks at each element, as a walk over the list does.
        if call.func_name == "@in" {
            self.loops = self.loops.max(at.loops + 1);
        }
        if let ("_[_]" | "_[?_]" | "_?._", [object, key]) =
            (call.func_name.as_str(), call.args.as_slice())
            && let (Expr::Ident(name), Expr::Literal(LiteralValue::String(key))) =
                (&object.expr, &key.expr)
        {
            self.fields.push((plain(name), key.inner(), id));
        }
        self.calls.push((call, id));
    }
}

/// The parts of a walk over a list, each with the variables that are bound in it.
fn comprehension<'e>(
    walk: &'e ComprehensionExpr,
    at: &At<'e>,
) -> impl Iterator<Item = (&'e IdedExpr, At<'e>)> {
    let mut inner = At { loops: at.loops + 1, ..at.clone() };
    inner.bound.push(&walk.iter_var);
    inner.bound.extend(walk.iter_var2.as_deref());
    inner.bound.push(&walk.accu_var);
    let outer = [&walk.iter_range, &walk.accu_init].map(|part| (part, at.clone()));
    let repeated = [&walk.loop_cond, &walk.loop_step, &walk.result];
    outer.into_iter().chain(repeated.map(|part| (part, inner.clone())))
}

fn entries(entries: &[cel::common::ast::IdedEntryExpr]) -> impl Iterator<Item = &IdedExpr> {
    entries
        .iter()
        .flat_map(|entry| match &entry.expr {
            EntryExpr::StructField(field) => [Some(&field.value), None],
            EntryExpr::MapEntry(entry) => [Some(&entry.key), Some(&entry.value)],
        })
        .flatten()
}

/// The namespace of functions that the target of a call names, as in `optional.of(x)`.
pub(crate) fn namespace(target: &IdedExpr) -> Option<&str> {
    match &target.expr {
        Expr::Ident(name) => NAMESPACES.iter().find(|&&known| known == name).copied(),
        _ => None,
    }
}

/// The name without the dot that marks it as absolute.
fn plain(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}
