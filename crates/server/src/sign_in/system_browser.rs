//! The browser of this machine.

use super::Browser;

/// Opens pages in the person's browser, where this process runs in a desktop session.
#[derive(Clone, Copy, Debug)]
pub struct SystemBrowser(());

impl SystemBrowser {
    /// The browser of the session that this environment belongs to; `None` where nobody sits in
    /// front of a screen of this machine: a container, a remote shell, a service.
    pub fn of(env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
        let remote = set("SSH_CONNECTION") || set("SSH_TTY") || set("CI");
        let screen = cfg!(any(target_os = "macos", windows))
            || set("DISPLAY")
            || set("WAYLAND_DISPLAY")
            || set("WSL_DISTRO_NAME");
        (screen && !remote).then_some(Self(()))
    }
}

impl Browser for SystemBrowser {
    fn open(&self, url: &str) -> bool {
        // Standard output is the client's: the opener is started on its own.
        match open::that_detached(url) {
            Ok(()) => true,
            Err(error) => {
                tracing::info!(%error, "no browser could be opened");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_only_where_somebody_sits_in_front_of_the_screen() {
        let there = |set: &[&str]| {
            SystemBrowser::of(&|name: &str| set.contains(&name).then(|| "1".to_owned())).is_some()
        };
        let always = cfg!(any(target_os = "macos", windows));
        assert_eq!(there(&[]), always);
        for screen in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"] {
            assert!(there(&[screen]), "{screen}");
            for away in ["SSH_CONNECTION", "SSH_TTY", "CI"] {
                assert!(!there(&[screen, away]), "{screen} {away}");
            }
        }
        assert_eq!(SystemBrowser::of(&|_: &str| Some(String::new())).is_some(), always);
    }
}
