//! A document's pictures as files of their own: SVG, or PNG at twice the size with the fonts of the machine.

use std::collections::BTreeSet;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Group, Node, Options, Tree};

use super::names::Names;
use super::{Block, Document, Picture};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::staging::StagedDirectory;

/// A form of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PictureFormat {
    /// As in the page.
    Svg,
    /// Pixels, twice as many each way as the page has.
    Png,
}

/// Longest name of a file, without extension.
const LONGEST: usize = 80;
const SCALE: f32 = 2.0;
/// Within the page pictures take its fonts; a file of its own names them.
const FAMILIES: &str =
    "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
/// Fonts for text in PNG, the first that the machine has.
const PREFERRED: [&str; 7] =
    ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica", "Segoe UI", "Noto Sans CJK SC"];

/// Every picture of a document, in order.
pub fn pictures(document: &Document) -> Vec<&Picture> {
    fn collect<'a>(blocks: &'a [Block], pictures: &mut Vec<&'a Picture>) {
        for block in blocks {
            match block {
                Block::Pictures(some) => pictures.extend(some),
                Block::Details(_, blocks) => collect(blocks, pictures),
                _ => {}
            }
        }
    }
    let mut all = Vec::new();
    document.sections.iter().for_each(|section| collect(&section.blocks, &mut all));
    all
}

/// Writes every picture of a document to `charts/NAME.svg` or `.png`.
///
/// # Errors
/// [`ErrorKind::Output`]; for PNG also where the machine has no font, or none for a letter of a picture.
pub fn write_pictures(document: &Document, formats: &[PictureFormat], directory: &StagedDirectory) -> Result<()> {
    let formats: BTreeSet<PictureFormat> = formats.iter().copied().collect();
    if formats.is_empty() {
        return Ok(());
    }
    let options = if formats.contains(&PictureFormat::Png) { Some(fonts()?) } else { None };
    let mut names = Names::new(LONGEST);
    for picture in pictures(document) {
        let name = names.give(&picture.name);
        for format in &formats {
            match (format, &options) {
                (PictureFormat::Svg, _) => {
                    let svg = with_family(&picture.svg, FAMILIES);
                    directory.write(&format!("charts/{name}.svg"), svg.as_bytes())?;
                }
                (PictureFormat::Png, Some(options)) => {
                    directory.write(&format!("charts/{name}.png"), &png(&picture.svg, options)?)?;
                }
                (PictureFormat::Png, None) => {}
            }
        }
    }
    Ok(())
}

fn with_family(svg: &str, family: &str) -> String {
    svg.replace("font-family=\"inherit\"", &format!("font-family=\"{family}\""))
}

/// The fonts of the machine.
fn fonts() -> Result<Options<'static>> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    let has = |family: &str| fonts.faces().any(|face| face.families.iter().any(|(name, _)| name == family));
    let preferred = PREFERRED.iter().find(|family| has(family)).map(|family| (*family).to_owned());
    let any = || fonts.faces().next().and_then(|face| face.families.first().map(|(name, _)| name.clone()));
    let Some(family) = preferred.or_else(any) else {
        return Err(Error::new(ErrorKind::Output, "charts cannot be drawn as PNG: this machine has no fonts").help(
            "install one, such as the package fonts-dejavu-core (fonts-noto-cjk for Chinese), or ask for --charts svg",
        ));
    };
    fonts.set_sans_serif_family(family);
    Ok(options)
}

/// A picture as PNG.
///
/// # Errors
/// [`ErrorKind::Output`] where no font has a letter of it.
fn png(svg: &str, options: &Options<'_>) -> Result<Vec<u8>> {
    let tree = Tree::from_str(&with_family(svg, "sans-serif"), options).map_err(internal)?;
    let mut lacking = BTreeSet::new();
    letters_without_font(tree.root(), &mut lacking);
    if !lacking.is_empty() {
        let letters: String = lacking.iter().take(12).cloned().collect();
        return Err(Error::new(
            ErrorKind::Output,
            format!("charts cannot be drawn as PNG: no font of this machine has the letters {letters}"),
        )
        .help(
            "install a font that has them, such as the package fonts-noto-cjk for Chinese, or ask for --charts svg",
        ));
    }
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| internal("a chart without a size"))?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| internal("a chart too large"))?;
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(internal)
}

/// Letters that stand as the empty box of a font, or were dropped for want of one.
fn letters_without_font(group: &Group, lacking: &mut BTreeSet<String>) {
    for node in group.children() {
        match node {
            Node::Group(group) => letters_without_font(group, lacking),
            Node::Text(text) => {
                let glyphs = || text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                lacking.extend(glyphs().filter(|glyph| glyph.id.0 == 0).map(|glyph| glyph.text.clone()));
                let drawn: String = glyphs().map(|glyph| glyph.text.as_str()).collect();
                let said = text.chunks().iter().flat_map(|chunk| chunk.text().chars());
                lacking.extend(
                    said.filter(|letter| !letter.is_whitespace() && !drawn.contains(*letter))
                        .map(|letter| letter.to_string()),
                );
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}
