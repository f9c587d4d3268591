//! Which of several names somebody means who writes one down as they remember it.

/// What something is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Called<'a> {
    /// The name that people see.
    pub(crate) name: &'a str,
    /// Another one, which only the whole of counts.
    pub(crate) also: &'a str,
}

/// How many of those that come near are told.
const NEAREST: usize = 3;

/// How near a name must come to be told: Jaro-Winkler, where 1 is the same.
const NEAR: f64 = 0.8;

/// The places of those that `asked` may mean: all that fit in the best of the ways in which any
/// fits. The very name comes before case and spacing, those before what only begins so, then the
/// other name, then typing errors in the whole name, then in some of its words.
pub(crate) fn meant(asked: &str, all: &[Called<'_>]) -> Vec<usize> {
    let asked = Name::of(asked);
    let names: Vec<(Name, Name)> =
        all.iter().map(|called| (Name::of(called.name), Name::of(called.also))).collect();
    let ways: [fn(&Name, &Name, &Name) -> bool; 6] = [
        |asked, name, _| asked.text == name.text,
        |asked, name, _| asked.same(name),
        |asked, name, _| asked.begins(name),
        |asked, _, also| asked.same(also),
        |asked, name, _| is_misspelled(&asked.joined, &name.joined),
        |asked, name, _| asked.misspells_words_of(name),
    ];
    let found = ways.iter().map(|fits| {
        let fitting = names.iter().enumerate().filter(|(_, (name, also))| fits(&asked, name, also));
        fitting.map(|(at, _)| at).collect::<Vec<_>>()
    });
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// The places of those that come nearest to `asked`, the nearest first.
pub(crate) fn nearest(asked: &str, all: &[Called<'_>]) -> Vec<usize> {
    let asked = Name::of(asked);
    let nearness = |called: &Called<'_>| asked.nearness(&Name::of(called.name));
    let mut near: Vec<(f64, usize)> =
        all.iter().enumerate().map(|(at, called)| (nearness(called), at)).collect();
    near.retain(|(nearness, _)| *nearness >= NEAR);
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(NEAREST).map(|(_, at)| at).collect()
}

/// A name, and what is compared of it.
struct Name {
    /// As it was written, without space around it.
    text: String,
    /// Its words: letters and digits, in lower case.
    words: Vec<String>,
    /// The words in one.
    joined: String,
}

impl Name {
    fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_owned).collect();
        Self { text: text.trim().to_owned(), joined: words.concat(), words }
    }

    /// The same but for case, spacing and punctuation.
    fn same(&self, other: &Self) -> bool {
        !self.joined.is_empty() && self.joined == other.joined
    }

    /// Each word begins one of the other's, or the whole begins the other.
    fn begins(&self, other: &Self) -> bool {
        !self.joined.is_empty()
            && (other.joined.starts_with(&self.joined)
                || self.each(|word| other.words.iter().any(|of| of.starts_with(word))))
    }

    /// Each word is one of the other's, but for small typing errors.
    fn misspells_words_of(&self, other: &Self) -> bool {
        let close = |word: &str| {
            other.words.iter().any(|of| of.starts_with(word) || is_misspelled(word, of))
        };
        !self.words.is_empty() && self.each(close)
    }

    fn each(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.words.iter().all(|word| fits(word))
    }

    /// How near the other comes, in the whole or with one of its words; one that holds the whole of
    /// this is as near as one can be.
    fn nearness(&self, other: &Self) -> f64 {
        if !self.joined.is_empty() && other.joined.contains(&self.joined) {
            return 1.0;
        }
        let pairs = self.parts().flat_map(|part| other.parts().map(move |of| (part, of)));
        pairs.map(|(part, of)| strsim::jaro_winkler(part, of)).fold(0.0, f64::max)
    }

    /// The words, and the whole of several.
    fn parts(&self) -> impl Iterator<Item = &str> {
        let whole = (self.words.len() > 1).then_some(&self.joined);
        self.words.iter().chain(whole).map(String::as_str)
    }
}

/// True for two words with no more typing errors between them (Damerau-Levenshtein) than happen in a
/// word of that length: none up to three letters, as every other short word is near.
fn is_misspelled(one: &str, other: &str) -> bool {
    let errors = match one.chars().count().max(other.chars().count()) {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    errors > 0 && strsim::damerau_levenshtein(one, other) <= errors
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Called<'_>; 10] = [
        called("Zoom", "zoomus"),
        called("Zoom Rooms", "zoomus"),
        called("Google Workspace Mail", "google"),
        called("Google Workspace Drive", "google"),
        called("Salesforce", "salesforce"),
        called("Dropbox Business", "dropbox_for_business"),
        called("Expenses", "concur"),
        called("GitHub", "githubcloud"),
        called("Müller & Söhne", "bookmark"),
        called("+", "bookmark"),
    ];

    const fn called(name: &'static str, also: &'static str) -> Called<'static> {
        Called { name, also }
    }

    fn found(asked: &str) -> Vec<&str> {
        meant(asked, &ALL).into_iter().map(|at| ALL[at].name).collect()
    }

    #[test]
    fn case_spacing_and_small_errors_do_not_matter() {
        for (asked, name) in [
            ("Zoom", "Zoom"),
            (" zOOM ", "Zoom"),
            ("zom", "Zoom"),
            ("zoomrooms", "Zoom Rooms"),
            ("sales force", "Salesforce"),
            ("Sales-Force", "Salesforce"),
            ("Git Hub", "GitHub"),
            ("githb", "GitHub"),
            ("salesfroce", "Salesforce"),
            ("Saleforce", "Salesforce"),
            ("gogle drvie", "Google Workspace Drive"),
            ("drive", "Google Workspace Drive"),
            ("workspace mail", "Google Workspace Mail"),
            ("sales", "Salesforce"),
            ("dropbox", "Dropbox Business"),
            ("Concur", "Expenses"),
            ("muller & sohne", "Müller & Söhne"),
            ("Mu\u{308}ller & So\u{308}hne", "Müller & Söhne"),
            ("+", "+"),
        ] {
            assert_eq!(found(asked), [name], "{asked}");
        }
    }

    #[test]
    fn all_that_fit_equally_well_are_told() {
        assert_eq!(found("google"), ["Google Workspace Mail", "Google Workspace Drive"]);
        assert_eq!(found("zoomus"), ["Zoom", "Zoom Rooms"], "their other name");
        assert_eq!(found("goggle"), ["Google Workspace Mail", "Google Workspace Drive"]);
        assert_eq!(found("zo"), ["Zoom", "Zoom Rooms"]);
    }

    #[test]
    fn what_is_something_else_does_not_fit() {
        for asked in ["", "-", "box", "zo0", "zoom sandbox", "force", "Slack", "Jira"] {
            assert_eq!(found(asked), [""; 0], "{asked}");
        }
    }

    #[test]
    fn the_nearest_are_told_and_no_others() {
        let near = |asked: &str| -> Vec<&str> {
            nearest(asked, &ALL).into_iter().map(|at| ALL[at].name).collect()
        };
        assert_eq!(near("zoom sandbox")[0], "Zoom");
        assert_eq!(near("box")[0], "Dropbox Business");
        assert_eq!(near("Salesforce sandbox")[0], "Salesforce");
        assert_eq!(near("qqqq"), [""; 0]);
        assert_eq!(near(""), [""; 0]);
        assert!(ALL.iter().all(|called| near(called.name).len() <= NEAREST));
    }
}
