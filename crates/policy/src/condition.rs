//! Conditions in the Common Expression Language (CEL): checked when a policy is loaded, and never
//! a reason to let something through when they cannot be evaluated.

use std::{
    cell::OnceCell,
    collections::{BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use cel::{
    Context, Env, ExecutionError, Program,
    common::ast::{CallExpr, Expr, IdedExpr, LiteralValue},
    extensions,
    objects::{Key, Map, Value as Cel},
};

use crate::{
    facts::{Facts, Operation},
    time::{self, Time},
    values::{self, Seen},
    walk::{self, Shape},
};

/// The variables of a condition.
const VARIABLES: [&str; 13] = [
    "args",
    "target",
    "tool",
    "toolset",
    "effect",
    "operation",
    "operations",
    "principal",
    "client",
    "profile",
    "org",
    "now",
    "counts",
];

/// Functions that a slip may have meant.
const FUNCTIONS: [&str; 20] = [
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "size",
    "has",
    "exists",
    "exists_one",
    "all",
    "filter",
    "map",
    "lowerAscii",
    "upperAscii",
    "trim",
    "split",
    "timestamp",
    "duration",
    "getHours",
    "getDayOfWeek",
    "orValue",
];

/// How long a condition may be, in bytes.
const LONGEST: usize = 2000;
/// How many expressions it may hold.
const LARGEST: usize = 500;
/// How deep they may be nested.
const DEEPEST: usize = 32;
/// How many walks over lists may be nested in each other.
const LOOPS: usize = 2;
/// How long a list may be that is walked over within another walk.
const WALKED: usize = 1000;
/// The stack that compiling has, in bytes. The parser takes some 40 KiB for each level in a build
/// without optimisation; a worker thread has 2 MiB in all.
const STACK: usize = 64 << 20;
/// How near a name must be to be suggested.
const NEAR: f64 = 0.85;

/// A condition that is ready to be evaluated.
pub(crate) struct Condition {
    program: Program,
    /// The names and texts in it: what errors may repeat.
    texts: BTreeSet<String>,
    loops: usize,
    /// It hangs on the arguments.
    pub(crate) args: bool,
    /// It hangs on the object that is changed.
    pub(crate) target: bool,
    /// It hangs on how much was done before.
    pub(crate) counts: bool,
}

/// What conditions are compiled and evaluated in: CEL's standard functions, and those for strings
/// and times.
pub(crate) fn environment() -> Arc<Env> {
    let mut env = Env::stdlib();
    // It can only fail where it was added before.
    let _ = env.add_extension(extensions::strings);
    let _ = env.add_extension(time::declare);
    Arc::new(env)
}

/// Does something that compiles conditions, with enough stack for the longest one; `None` where
/// the system has no thread for it, or it broke off.
pub(crate) fn with_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.ok()?.join().ok()
    })
}

impl Condition {
    /// Compiles a condition. `limits` are the names that `counts` has.
    pub(crate) fn new(env: &Arc<Env>, text: &str, limits: &[&str]) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let compiled = catch_unwind(AssertUnwindSafe(|| env.compile(text)));
        let program = match compiled {
            Ok(Ok(program)) => program,
            Ok(Err(errors)) => return Err(errors.errors.first().map_or_else(String::new, syntax)),
            Err(_) => return Err("it cannot be compiled".to_owned()),
        };
        let shape = walk::walk(program.expression());
        let check = Check { env, text, program: &program, limits };
        check.all(&shape)?;
        let names = |name| shape.variables.iter().any(|(variable, _)| *variable == name);
        let (args, target, counts) = (names("args"), names("target"), names("counts"));
        let texts = shape.texts.iter().map(|&text| text.to_owned()).collect();
        Ok(Self { texts, loops: shape.loops, args, target, counts, program })
    }

    /// Whether it holds; an error says why that cannot be told. Errors name no value of the call:
    /// they end up in the trail and in answers.
    pub(crate) fn holds(&self, variables: &Variables<'_>) -> Result<bool, String> {
        let known = variables.0.get_or_init(|| Known::new(&variables.1, variables.2));
        for (name, needed, seen) in
            [("args", self.args, &known.args), ("target", self.target, &known.target)]
        {
            match seen {
                None if needed => return Err(format!("`{name}` is nested too deep")),
                Some(longest) if needed && self.loops > 1 && *longest > WALKED => {
                    return Err(format!("`{name}` holds a list of more than {WALKED}"));
                }
                Some(_) | None => {}
            }
        }
        let run = AssertUnwindSafe(|| self.program.execute(&known.context));
        match catch_unwind(run) {
            Ok(Ok(Cel::Bool(holds))) => Ok(holds),
            Ok(Ok(other)) => Err(format!("it is {} and not true or false", other.type_of())),
            Ok(Err(error)) => Err(told(&error, &self.texts)),
            Err(_) => Err("its evaluation broke off".to_owned()),
        }
    }
}

/// The variables of one call, converted when the first condition asks for them.
pub(crate) struct Variables<'a>(OnceCell<Known>, Arc<Env>, &'a Facts<'a>);

struct Known {
    context: Context<'static, 'static>,
    /// The longest list of the arguments; `None` where they could not be converted.
    args: Option<usize>,
    target: Option<usize>,
}

impl<'a> Variables<'a> {
    pub(crate) fn new(env: Arc<Env>, facts: &'a Facts<'a>) -> Self {
        Self(OnceCell::new(), env, facts)
    }
}

impl Known {
    fn new(env: &Arc<Env>, facts: &Facts<'_>) -> Self {
        let mut context = Context::with_env(Arc::clone(env));
        let mut json = |name, seen: Option<Seen>| {
            let Seen { value, longest } = seen?;
            context.add_variable_from_value(name, value);
            Some(longest)
        };
        let args = json("args", values::seen(facts.args));
        let target = json("target", values::seen(facts.target.unwrap_or(&serde_json::Value::Null)));
        let texts = [
            ("tool", facts.tool),
            ("toolset", facts.toolset),
            ("effect", facts.effect.as_str()),
            ("principal", facts.principal),
            ("client", facts.client),
            ("profile", facts.profile),
            ("org", facts.org),
        ];
        for (name, text) in texts {
            context.add_variable_from_value(name, text);
        }
        let operations: Vec<Cel> = facts.operations.iter().map(operation).collect();
        let first = operations.first().cloned().unwrap_or(Cel::Null);
        context.add_variable_from_value("operation", first);
        context.add_variable_from_value("operations", operations);
        context.add_variable_as_val("now", Box::new(Time(facts.now)));
        let counts = facts.counts.iter().map(|(name, count)| {
            // As an int, which is what a number in a condition is.
            (name.as_str(), Cel::Int(i64::try_from(*count).unwrap_or(i64::MAX)))
        });
        context.add_variable_from_value("counts", map(counts));
        Self { context, args, target }
    }
}

fn operation(operation: &Operation) -> Cel {
    let texts = [("method", &operation.method), ("path", &operation.template)];
    map(texts.into_iter().map(|(key, text)| (key, Cel::from(text.as_str()))))
}

fn map<'a>(entries: impl Iterator<Item = (&'a str, Cel)>) -> Cel {
    let entries: HashMap<Key, Cel> = entries.map(|(key, value)| (key.into(), value)).collect();
    Cel::Map(Map { map: Arc::new(entries) })
}

/// The checks of a condition that was compiled.
struct Check<'a> {
    env: &'a Arc<Env>,
    text: &'a str,
    program: &'a Program,
    limits: &'a [&'a str],
}

impl Check<'_> {
    fn all(&self, shape: &Shape<'_>) -> Result<(), String> {
        if shape.size > LARGEST || shape.depth > DEEPEST {
            return Err(format!(
                "it is too large: at most {LARGEST} expressions, nested {DEEPEST} deep"
            ));
        }
        if shape.loops > LOOPS {
            return Err(format!("more than {LOOPS} walks over lists are nested in each other"));
        }
        for (name, id) in &shape.bound {
            if VARIABLES.contains(name) {
                return Err(self.at(*id, &format!("`{name}` is the name of a variable already")));
            }
        }
        for (name, id) in &shape.variables {
            if !VARIABLES.contains(name) && self.env.types().find_type(name).is_none() {
                let near = near(name, &VARIABLES, "there are");
                return Err(self.at(*id, &format!("there is no variable `{name}`{near}")));
            }
        }
        for (_, field, id) in shape.fields.iter().filter(|(variable, ..)| *variable == "counts") {
            if !self.limits.contains(field) {
                let near = near(field, self.limits, "there are");
                return Err(self.at(*id, &format!("there is no limit `{field}` to count{near}")));
            }
        }
        for (call, id) in &shape.calls {
            self.call(call, *id)?;
        }
        Ok(())
    }

    fn call(&self, call: &CallExpr, id: u64) -> Result<(), String> {
        let name = call.func_name.as_str();
        if name == "matches" {
            return self.pattern(call, id);
        }
        let operator = !name.starts_with(|first: char| first.is_ascii_alphabetic());
        // Called with nothing it says whether it is there.
        let space = call.target.as_deref().and_then(walk::namespace);
        let target = call.target.as_ref().map(|target| match space {
            Some(_) => target.clone(),
            None => Box::new(literal("")),
        });
        let bare = CallExpr { target, func_name: name.to_owned(), args: Vec::new() };
        let undeclared = matches!(self.run(bare), Err(ExecutionError::UndeclaredReference(unknown))
            if unknown.as_str() == name || Some(unknown.as_str()) == space);
        if operator || !undeclared {
            return Ok(());
        }
        let near = near(name, &FUNCTIONS, "some are");
        Err(self.at(id, &format!("there is no function `{name}`{near}")))
    }

    /// A regular expression stands in the condition, so that it is known to be one, and is nobody
    /// else's.
    fn pattern(&self, call: &CallExpr, id: u64) -> Result<(), String> {
        let Some(Expr::Literal(LiteralValue::String(pattern))) =
            call.args.last().map(|argument| &argument.expr)
        else {
            return Err(self.at(id, "`matches` takes a regular expression in quotes"));
        };
        let args = vec![literal(pattern.inner())];
        let target = Some(Box::new(literal("")));
        let tried = self.run(CallExpr { func_name: "matches".to_owned(), target, args });
        match tried {
            Ok(_) => Ok(()),
            Err(_) => Err(self.at(id, "this is no regular expression (syntax of Rust's `regex`)")),
        }
    }

    fn run(&self, call: CallExpr) -> Result<Cel, ExecutionError> {
        let expression = IdedExpr { id: 0, expr: Expr::Call(call) };
        let context = Context::with_env(Arc::clone(self.env));
        catch_unwind(AssertUnwindSafe(|| Cel::resolve(&expression, &context)))
            .unwrap_or(Ok(Cel::Null))
    }

    /// The problem, with where in the condition it is.
    fn at(&self, id: u64, problem: &str) -> String {
        let Some((start, _)) = self.program.source_info().offset_for(id) else {
            return problem.to_owned();
        };
        let before: String =
            self.text.chars().take(usize::try_from(start).unwrap_or_default()).collect();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        place(line, column, problem)
    }
}

fn literal(text: &str) -> IdedExpr {
    IdedExpr { id: 0, expr: Expr::Literal(LiteralValue::String(text.to_owned().into())) }
}

fn near(name: &str, known: &[&str], others: &str) -> String {
    let distance = |other: &&&str| strsim::jaro_winkler(name, other);
    let nearest = known.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
    match nearest.filter(|other| distance(other) >= NEAR) {
        Some(other) => format!(": did you mean `{other}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; {others} {}", known.join(", ")),
    }
}

fn place(line: usize, column: usize, problem: &str) -> String {
    match line {
        1 => format!("{problem} (at character {column})"),
        line => format!("{problem} (at line {line}, character {column})"),
    }
}

/// The parser's first error, in words that need no grammar.
fn syntax(error: &cel::ParseError) -> String {
    let problem = error.msg.lines().next().unwrap_or_default();
    let problem = problem.strip_prefix("Syntax error: ").unwrap_or(problem);
    let found = problem.split(" expecting").next().unwrap_or(problem);
    let found = ["input ", "at: "].into_iter().find_map(|mark| found.split_once(mark));
    let found = found.map_or(problem, |(_, found)| found);
    let problem = match found {
        "'<EOF>'" => "it ends too early".to_owned(),
        "'and'" => "`and` is written `&&`".to_owned(),
        "'or'" => "`or` is written `||`".to_owned(),
        "'not'" => "`not` is written `!`".to_owned(),
        quoted if quoted.starts_with('\'') => format!("{quoted} was not expected here"),
        other => other.to_owned(),
    };
    match (usize::try_from(error.pos.0), usize::try_from(error.pos.1)) {
        (Ok(line @ 1..), Ok(column)) => place(line, column, &problem),
        _ => problem,
    }
}

/// What a person is told of an error: of the call itself nothing. A name is told where it stands in
/// the condition, and is not one that was made from the call's values.
fn told(error: &ExecutionError, texts: &BTreeSet<String>) -> String {
    let name = |name: &str| {
        if texts.contains(name) { format!("`{name}`") } else { "such property".to_owned() }
    };
    match error {
        ExecutionError::NoSuchKey(key) => format!("there is no {}", name(key)),
        ExecutionError::NoSuchOverload(overload) => {
            let types = overload.argument_types();
            match (overload.function(), types) {
                ("_._", [object, ..]) => format!("a value of type {object} has no properties"),
                (function, types) => {
                    format!("`{function}` does not go with {}", types.join(" and "))
                }
            }
        }
        ExecutionError::ValuesNotComparable(..) => "it compares values of two types".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "a list is shorter than that".to_owned(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "it divides by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "a number or time becomes too large".to_owned(),
        ExecutionError::FunctionError { function, .. } => format!("`{function}` failed"),
        ExecutionError::InvalidArgumentCount { .. } => "a function lacks an argument".to_owned(),
        _ => "a value is not of the type it needs".to_owned(),
    }
}
