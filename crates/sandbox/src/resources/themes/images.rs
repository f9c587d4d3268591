//! The images of a theme and what Okta asks of them (reference page "Themes").

use imagesize::ImageType;

use crate::{
    error::{ApiError, Result},
    resources::files,
};

/// One of the images of a theme.
pub(super) struct Image {
    /// The property of the theme that leads to it.
    pub(super) property: &'static str,
    /// What the property holds where nothing was uploaded.
    pub(super) standard: Option<&'static str>,
    /// The formats that Okta takes, as it names them.
    formats: &'static [&'static str],
    /// At most so many kB of 1,024 bytes.
    kilobytes: usize,
    /// At most so many pixels.
    wide: usize,
    high: usize,
    /// As wide as high.
    square: bool,
}

const PICTURE: &[&str] = &["PNG", "JPG", "GIF"];

pub(super) const LOGO: Image = Image {
    property: "logo",
    standard: Some(files::LOGO),
    formats: PICTURE,
    kilobytes: 1_024,
    wide: 3_840,
    high: 2_160,
    square: false,
};
pub(super) const FAVICON: Image = Image {
    property: "favicon",
    standard: Some(files::FAVICON),
    formats: &["PNG", "ICO"],
    kilobytes: 1_024,
    wide: 512,
    high: 512,
    square: true,
};
pub(super) const BACKGROUND: Image = Image {
    property: "backgroundImage",
    standard: None,
    formats: PICTURE,
    kilobytes: 2_048,
    wide: 8_000,
    high: 8_000,
    square: false,
};

pub(super) const ALL: [&Image; 3] = [&LOGO, &FAVICON, &BACKGROUND];

impl Image {
    /// The media type of a file that will do; 400 E0000001 with all that is wrong with another.
    pub(super) fn check(&self, bytes: &[u8]) -> Result<&'static str> {
        let (format, kind) = match imagesize::image_type(bytes) {
            Ok(ImageType::Png) => ("PNG", "image/png"),
            Ok(ImageType::Jpeg) => ("JPG", "image/jpeg"),
            Ok(ImageType::Gif) => ("GIF", "image/gif"),
            Ok(ImageType::Ico) => ("ICO", "image/x-icon"),
            _ => ("", ""),
        };
        let size = imagesize::blob_size(bytes).ok().filter(|_| self.formats.contains(&format));
        let Some(size) = size else {
            let formats = self.formats.join(", ");
            let cause = format!("Your selected image should be in one of the formats {formats}");
            return Err(ApiError::invalid("file", cause));
        };
        let mut causes = Vec::new();
        let kilobytes = bytes.len().div_ceil(1_024);
        if kilobytes > self.kilobytes {
            causes.push(exceeds(&format!("{}kB", grouped(kilobytes)), self.kilobytes, "kB"));
        }
        for (pixels, most, way) in
            [(size.width, self.wide, "wide"), (size.height, self.high, "high")]
        {
            if pixels > most {
                causes.push(exceeds(&format!("{} pixels {way}", grouped(pixels)), most, " pixel"));
            }
        }
        if self.square && size.width != size.height {
            let (w, h) = (size.width, size.height);
            causes.push(format!(
                "Your selected image should be in a 1:1 ratio for width and height. Found {w} x \
                 {h}. The image should be {w} x {w} or {h} x {h}."
            ));
        }
        if causes.is_empty() { Ok(kind) } else { Err(ApiError::invalid_all("file", causes)) }
    }
}

fn exceeds(found: &str, most: usize, unit: &str) -> String {
    format!("Your selected image is {found}, which exceeds the {}{unit} limit", grouped(most))
}

/// `4,158`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG as far as anybody looks: the header with the dimensions.
    fn png(width: u32, height: u32, length: usize) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.resize(length.max(bytes.len()), 0);
        bytes
    }

    fn refusal(image: &Image, bytes: &[u8]) -> String {
        let (_, body) = image.check(bytes).unwrap_err().answer("oae").body().unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn what_fits_is_taken() {
        assert_eq!(LOGO.check(&png(3_840, 2_160, 1_024 * 1_024)).unwrap(), "image/png");
        assert_eq!(FAVICON.check(&png(512, 512, 0)).unwrap(), "image/png");
        assert_eq!(FAVICON.check(b"\0\0\x01\0\x01\0\x10\x10\0\0\0\0\0\0").unwrap(), "image/x-icon");
        assert_eq!(BACKGROUND.check(b"GIF89a\x10\0\x10\0\0\0\0").unwrap(), "image/gif");
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let huge = refusal(&LOGO, &png(5_568, 11_136, 4_158 * 1_024));
        assert!(huge.contains("is 4,158kB, which exceeds the 1,024kB limit"), "{huge}");
        assert!(huge.contains("5,568 pixels wide, which exceeds the 3,840 pixel limit"), "{huge}");
        assert!(huge.contains("11,136 pixels high, which exceeds the 2,160 pixel limit"), "{huge}");
        let long = refusal(&FAVICON, &png(199, 200, 0));
        assert!(long.contains("Found 199 x 200."), "{long}");
        for other in [&b"<svg/>"[..], b"GIF89a\x10\0\x10\0\0\0\0", b"", b"\x89PNG\r\n\x1a\n"] {
            assert!(refusal(&FAVICON, other).contains("formats PNG, ICO"));
        }
    }
}
