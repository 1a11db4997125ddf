//! Who shares phones, devices and addresses: rings, which default together, and families, which do not.

use rand::seq::SliceRandom;

use super::draws::{Generator, between, happens};
use super::parameters::Parameters;
use super::rows::{Date, LinkRow, LinkRows};
use super::traits::Customer;
use crate::random;

/// Customers of one neighbourhood; rings and families lie within one.
pub const NEIGHBOURHOOD: u64 = 2000;

/// A fraud ring.
#[derive(Debug, Clone, Copy)]
pub struct Ring {
    /// The ring's id.
    pub id: i64,
    /// Month of its first applications.
    pub month: i32,
    /// Month from which its members pay no more.
    pub stops: i32,
}

/// What a customer shares; whoever owns the same phone (device, address) shares it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The ring that the customer belongs to.
    pub ring: Option<Ring>,
    /// The family.
    pub family: Option<i64>,
    /// The customer whose phone this is.
    pub phone_of: i64,
    /// The customer whose device this is.
    pub device_of: i64,
    /// The customer whose address this is.
    pub address_of: i64,
}

/// The places of the customers `first..first + count` of one neighbourhood. Of a random order, the
/// first share forms rings and the next one families; the rest live alone.
pub fn places(parameters: &Parameters, neighbourhood: u64, first: i64, count: usize) -> Vec<Place> {
    let links = &parameters.links;
    let mut generator = random::generator(parameters.seed, "simulation links", neighbourhood);
    let mut places: Vec<Place> = (first..first + count as i64)
        .map(|id| Place { ring: None, family: None, phone_of: id, device_of: id, address_of: id })
        .collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut generator);
    let size = links.ring_size as usize;
    let rings = (count as f64 * links.ring_share / size as f64).round() as usize;
    let last = parameters.months as i32 - 1;
    let (ring_members, others) = order.split_at((rings * size).min(count));
    for members in ring_members.chunks_exact(size) {
        let leader = first + members[0] as i64;
        let month = if parameters.steady { 0 } else { between(&mut generator, 0, last) };
        let ring = Ring { id: leader, month, stops: month + links.ring_months as i32 };
        // A ring shares at least a device; a phone and an address mostly.
        let (phone, address) = (happens(&mut generator, 0.8), happens(&mut generator, 0.7));
        for member in members {
            let place = &mut places[*member];
            place.ring = Some(ring);
            place.device_of = leader;
            place.phone_of = if phone { leader } else { place.phone_of };
            place.address_of = if address { leader } else { place.address_of };
        }
    }
    let in_families = ((count as f64 * links.family_share) as usize).min(others.len());
    let mut rest = &others[..in_families];
    while rest.len() > 1 {
        let (members, next) = rest.split_at(rest.len().min(between(&mut generator, 2, 4) as usize));
        rest = next;
        let head = first + members[0] as i64;
        let (phone, device) = (happens(&mut generator, 0.15), happens(&mut generator, 0.10));
        for member in members {
            let place = &mut places[*member];
            place.family = Some(head);
            place.address_of = head;
            place.phone_of = if phone { head } else { place.phone_of };
            place.device_of = if device { head } else { place.device_of };
        }
    }
    places
}

/// The phone number of a customer's own phone.
pub fn phone(owner: i64) -> String {
    format!("07{owner:09}")
}

/// The links of a customer, known from the first application on; about one employer a hundred employed.
pub fn links(
    parameters: &Parameters,
    customer: &Customer,
    place: &Place,
    linked_on: Date,
    generator: &mut Generator,
    rows: &mut LinkRows,
) {
    let mut link = |kind, value| rows.push(LinkRow { customer_id: customer.id, linked_on, kind, value });
    link("phone", phone(place.phone_of));
    link("device", format!("D{:09}", place.device_of));
    link("address", format!("A{:09}", place.address_of));
    if customer.employment == "employed" {
        let employers = (parameters.customers / 100).clamp(1, 1_000_000) as i32;
        link("employer", format!("E{:07}", between(generator, 1, employers)));
    }
}
