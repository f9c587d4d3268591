//! Images for a theme: what Okta takes, checked before anything is sent.

use imagesize::ImageType;

/// Where an image goes, and what Okta takes there.
///
/// Sources: Okta's API reference, Themes (types, size and best size of a logo; types and size of a
/// background image; 3,840 pixels as the widest, in its example of a refusal); Okta's help centre,
/// "Customizing Branding Themes" (a favicon is square, 512 x 512 pixels at most).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// What the image is, as a person calls it.
    pub(crate) what: &'static str,
    /// The file's name as Okta is told it, without its ending.
    pub(crate) stem: &'static str,
    kinds: &'static [Kind],
    /// The file must be smaller than this, in bytes.
    pub(crate) below: u64,
    /// The widest it may be, in pixels.
    widest: usize,
    /// True where width and height must be the same.
    square: bool,
    /// Width and height below which Okta scales it up, in pixels.
    best: Option<(usize, usize)>,
}

/// A type of image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Gif,
    Ico,
}

impl Kind {
    /// The type by the first bytes, whatever the file is called.
    fn of(bytes: &[u8]) -> Option<Self> {
        match imagesize::image_type(bytes).ok()? {
            ImageType::Png => Some(Self::Png),
            ImageType::Jpeg => Some(Self::Jpeg),
            ImageType::Gif => Some(Self::Gif),
            ImageType::Ico => Some(Self::Ico),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPG",
            Self::Gif => "GIF",
            Self::Ico => "ICO",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Ico => "image/x-icon",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Ico => "ico",
        }
    }
}

/// A theme's logo.
pub(crate) const LOGO: Rules = Rules {
    what: "logo",
    stem: "logo",
    kinds: &[Kind::Png, Kind::Jpeg, Kind::Gif],
    below: 100 * 1024,
    widest: 3840,
    square: false,
    best: Some((300, 50)),
};

/// A theme's favicon.
pub(crate) const FAVICON: Rules = Rules {
    what: "favicon",
    stem: "favicon",
    kinds: &[Kind::Png, Kind::Ico],
    below: 2 * 1024 * 1024,
    widest: 512,
    square: true,
    best: None,
};

/// A theme's background image.
pub(crate) const BACKGROUND: Rules = Rules {
    what: "background image",
    stem: "background",
    kinds: &[Kind::Png, Kind::Jpeg, Kind::Gif],
    below: 2 * 1024 * 1024,
    widest: 3840,
    square: false,
    best: None,
};

/// An image that Okta takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    kind: Kind,
    width: usize,
    height: usize,
    /// What Okta will do to it, where it is not at its best.
    pub(crate) note: Option<String>,
}

impl Image {
    /// The media type.
    pub(crate) const fn media_type(&self) -> &'static str {
        self.kind.media_type()
    }

    /// The ending of a file of this type.
    pub(crate) const fn ending(&self) -> &'static str {
        self.kind.ending()
    }

    /// Type and size in words.
    pub(crate) fn told(&self) -> String {
        format!("{} of {} x {} pixels", self.kind.name(), self.width, self.height)
    }
}

/// True for the first bytes of an image of a type that Okta takes anywhere.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
}

impl Rules {
    /// The image in `bytes`, or what is wrong with it.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<Image, String> {
        let what = self.what;
        let Some(kind) = Kind::of(bytes).filter(|kind| self.kinds.contains(kind)) else {
            let is = Kind::of(bytes).map_or("none of them", Kind::name);
            return Err(format!("Okta takes {} as a {what}; this is {is}", self.kinds()));
        };
        self.check_length(bytes.len() as u64)?;
        let Ok(size) = imagesize::blob_size(bytes) else {
            return Err(format!("the {} file has no readable header", kind.name()));
        };
        let (width, height) = (size.width, size.height);
        if width == 0 || height == 0 {
            return Err("the image has no pixels".to_owned());
        }
        if self.square && width != height {
            return Err(format!(
                "a {what} has to be square; this one is {width} x {height} pixels"
            ));
        }
        if width > self.widest {
            let widest = self.widest;
            return Err(format!(
                "a {what} may be {widest} pixels wide; this one is {width} x {height}"
            ));
        }
        let best = self.best.filter(|(least, lowest)| width < *least || height < *lowest);
        let note = best.map(|(least, lowest)| {
            format!("Below {least} x {lowest} pixels Okta scales a {what} up.")
        });
        Ok(Image { kind, width, height, note })
    }

    /// Refuses a file that is too large; `length` in bytes.
    pub(crate) fn check_length(&self, length: u64) -> Result<(), String> {
        let (what, below) = (self.what, self.below);
        if length < below {
            return Ok(());
        }
        Err(format!("a {what} has to be smaller than {below} bytes; this one has {length}"))
    }

    fn kinds(&self) -> String {
        let names: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        match names.split_last() {
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The header of a PNG (its specification, section 5.2, 11.2.1) and nothing else.
    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x06\0\0\0");
        bytes
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend([0; 3]);
        bytes
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xc0\x00\x11\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend(b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01");
        bytes
    }

    fn ico(side: u8) -> Vec<u8> {
        let mut bytes = b"\0\0\x01\0\x01\0".to_vec();
        bytes.extend([side, side, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 22, 0, 0, 0]);
        bytes
    }

    #[test]
    fn what_okta_takes_passes() {
        for (rules, bytes, told) in [
            (LOGO, png(300, 50), "PNG of 300 x 50 pixels"),
            (LOGO, gif(420, 120), "GIF of 420 x 120 pixels"),
            (LOGO, jpeg(640, 480), "JPG of 640 x 480 pixels"),
            (FAVICON, png(512, 512), "PNG of 512 x 512 pixels"),
            (FAVICON, ico(32), "ICO of 32 x 32 pixels"),
            (BACKGROUND, png(3840, 2160), "PNG of 3840 x 2160 pixels"),
        ] {
            let image = rules.check(&bytes).unwrap();
            assert_eq!((image.told().as_str(), image.note), (told, None));
        }
        let small = LOGO.check(&png(299, 50)).unwrap();
        assert_eq!(small.note.unwrap(), "Below 300 x 50 pixels Okta scales a logo up.");
    }

    #[test]
    fn what_okta_refuses_is_refused_with_the_reason() {
        let mut large = png(300, 50);
        large.resize(100 * 1024, 0);
        for (rules, bytes, why) in [
            (LOGO, ico(16), "takes PNG, JPG or GIF as a logo; this is ICO"),
            (LOGO, b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "this is none of them"),
            (LOGO, Vec::new(), "this is none of them"),
            (LOGO, large, "smaller than 102400 bytes; this one has 102400"),
            (LOGO, png(3841, 100), "may be 3840 pixels wide; this one is 3841 x 100"),
            (LOGO, png(0, 100), "no pixels"),
            (FAVICON, gif(16, 16), "takes PNG or ICO as a favicon; this is GIF"),
            (FAVICON, png(64, 32), "has to be square; this one is 64 x 32 pixels"),
            (FAVICON, png(513, 513), "may be 512 pixels wide"),
            (BACKGROUND, png(5568, 3712), "may be 3840 pixels wide"),
            (BACKGROUND, png(9, 9)[..20].to_vec(), "no readable header"),
        ] {
            let told = rules.check(&bytes).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }

    proptest! {
        /// Headers that lie, files that are cut: an answer, never a panic.
        #[test]
        fn any_bytes_are_answered(start in 0_usize..5, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let starts = [png(9, 9), gif(9, 9), jpeg(9, 9), ico(9), Vec::new()];
            let mut bytes = starts[start].clone();
            let keep = bytes.len().min(12);
            bytes.truncate(keep);
            bytes.extend(rest);
            for rules in [LOGO, FAVICON, BACKGROUND] {
                if let Ok(image) = rules.check(&bytes) {
                    prop_assert!(image.width > 0 && image.width <= rules.widest);
                }
            }
        }
    }
}
