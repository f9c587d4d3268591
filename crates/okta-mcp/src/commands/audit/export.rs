//! `okta-mcp audit export`: the trail in the forms of other programs.

use std::io::{self, BufWriter, Write};

use okta_trail::{CallsCsv, Filter, Item, Rows, ocsf, search, to_text};
use serde_json::{Value, json};

use super::{Desk, members};
use crate::{
    cli::{ExportArgs, ExportFormat},
    failure::Failure,
    os::{self, Readers},
    printer,
};

/// Writes the export to a file, or to standard output.
pub(super) fn run(desk: &Desk, args: &ExportArgs) -> Result<(), Failure> {
    let (since, until) = desk.window(&args.window)?;
    // Not what this command records.
    let filter = Filter { since, until: until.or(Some(desk.now)), ..Filter::default() };
    let told = json!({
        "format": args.format.as_str(), "since": args.window.since, "until": args.window.until,
        "out": args.out.as_ref().map(|out| out.display().to_string()),
    });
    let Some(out) = &args.out else {
        desk.tell("audit.exported", members(told));
        return printer::stream(|out| write(desk, args.format, &filter, out).map(drop));
    };
    let wrong = |error: io::Error| Failure::usage(format!("--out: {}: {error}", out.display()));
    let file = os::create_file(out, Readers::Owner).map_err(wrong)?;
    desk.tell("audit.exported", members(told));
    let mut writer = BufWriter::new(file);
    let count = write(desk, args.format, &filter, &mut writer);
    let count = count.map_err(|error| desk.failed(&error))?;
    let file = writer.into_inner().map_err(|error| wrong(error.into_error()))?;
    file.sync_all().map_err(wrong)?;
    let what = if args.format == ExportFormat::Jsonl { "rows" } else { "calls" };
    printer::note(&format!("{count} {what} are in {}", out.display()));
    Ok(())
}

fn write(
    desk: &Desk,
    format: ExportFormat,
    filter: &Filter,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut count = 0;
    match format {
        ExportFormat::Jsonl => {
            for row in Rows::open(&desk.folder, filter.since, filter.until)? {
                writeln!(out, "{}", to_text(&Value::Object(row?.row)))?;
                count += 1;
            }
        }
        ExportFormat::Csv => {
            let mut csv = CallsCsv::new(out)?;
            for item in search(&desk.folder, filter)? {
                if let Item::Call(call) = item? {
                    csv.write(&call)?;
                    count += 1;
                }
            }
            csv.finish()?;
        }
        ExportFormat::Ocsf => {
            for item in search(&desk.folder, filter)? {
                if let Item::Call(call) = item? {
                    writeln!(out, "{}", to_text(&ocsf(&call)))?;
                    count += 1;
                }
            }
        }
    }
    Ok(count)
}
