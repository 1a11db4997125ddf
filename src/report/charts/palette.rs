//! Colours of series: distinct ones (Okabe and Ito), and orders from dark to light.

use plotters::prelude::RGBColor;

/// Distinct colours.
const DISTINCT: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0x8a, 0x97, 0xa6),
];
/// From early to late, as viridis, without its light end.
const TIME: [RGBColor; 5] = [
    RGBColor(0x44, 0x01, 0x54),
    RGBColor(0x3b, 0x52, 0x8b),
    RGBColor(0x21, 0x90, 0x8c),
    RGBColor(0x44, 0xbf, 0x70),
    RGBColor(0xa0, 0xc9, 0x2a),
];
/// From slight to severe.
const SEVERITY: [RGBColor; 5] = [
    RGBColor(0xfe, 0xd9, 0x8e),
    RGBColor(0xfe, 0x99, 0x29),
    RGBColor(0xd9, 0x5f, 0x0e),
    RGBColor(0x99, 0x34, 0x04),
    RGBColor(0x4d, 0x16, 0x02),
];

/// The colour of a series among others without an order; they repeat after eight.
pub fn distinct(position: usize) -> RGBColor {
    DISTINCT[position % DISTINCT.len()]
}

/// The colour of a moment, the first of `count` darkest.
pub fn moment(position: usize, count: usize) -> RGBColor {
    between(&TIME, position, count)
}

/// The colour of a state, the last of `count` darkest.
pub fn severity(position: usize, count: usize) -> RGBColor {
    between(&SEVERITY, position, count)
}

/// A colour as HTML writes it.
pub fn hexadecimal(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

fn between(stops: &[RGBColor; 5], position: usize, count: usize) -> RGBColor {
    let place = if count < 2 { 0.0 } else { 4.0 * position as f64 / (count - 1) as f64 };
    let before = (place.floor() as usize).min(3);
    let part = place - before as f64;
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    let (a, b) = (stops[before], stops[before + 1]);
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
