//! Features over links between units: who shares a phone, an address, a guarantor with whom, as known at the day of
//! observation.

use std::collections::BTreeMap;

use super::aggregate::across;
use super::plan::{Plan, Planned};
use super::rows::{Points, values};
use crate::cases::FeatureValues;
use crate::config::{Across, Aggregate};
use crate::error::{Result, internal};
use crate::history::{Day, HistoryTable, Index, Window};
use crate::progress::Progress;
use crate::table::{EVALUATED, MISSING};

/// What is computed of every linked unit: a plan of one definition over a table, by the key of the links.
pub(super) struct OfLinked<'a> {
    pub table: &'a HistoryTable,
    pub index: &'a Index<'a>,
    pub plan: &'a Plan,
    pub across: Across,
}

/// The links that count, by position in the index.
struct Links<'a> {
    index: &'a Index<'a>,
    /// Unit of each position.
    units: Vec<u32>,
    /// Node of each position; [`MISSING`]: the link does not count.
    nodes: Vec<u32>,
    /// Positions by node.
    by_node: Vec<Vec<u32>>,
}

/// The values of a definition over links, one a point.
///
/// # Errors
/// Those of evaluating expressions; interruption.
pub(super) fn linked(
    table: &HistoryTable,
    index: &Index<'_>,
    plan: &Plan,
    definition: &Planned,
    of: Option<OfLinked<'_>>,
    points: Points<'_>,
    progress: &dyn Progress,
) -> Result<FeatureValues> {
    let links = Links::read(table, index, plan, definition)?;
    if definition.aggregate == Aggregate::LinkedGroup {
        return Ok(FeatureValues::Numeric(links.groups(points)));
    }
    let mut result = Vec::with_capacity(points.codes.len());
    let Some(of) = of else {
        let first_days = links.first_days(definition.window);
        for (point, (code, t)) in points.codes.iter().zip(points.days).enumerate() {
            if point % 4096 == 0 {
                progress.check()?;
            }
            result.push(links.count(*code, *t, definition.window, first_days.as_deref()));
        }
        return Ok(FeatureValues::Numeric(result));
    };
    // Pairs of point and other unit, in the order of points, so many at a time.
    let mut batch = Batch::default();
    for (code, t) in points.codes.iter().zip(points.days) {
        let has_link = links.others(*code, *t, definition.window, &mut batch.others);
        batch.days.resize(batch.others.len(), *t);
        batch.points.push((has_link, batch.others.len()));
        if batch.others.len() >= BATCH_PAIRS {
            progress.check()?;
            batch.settle(&of, progress, &mut result)?;
        }
    }
    batch.settle(&of, progress, &mut result)?;
    Ok(FeatureValues::Numeric(result))
}

/// Pairs of point and linked unit that are computed at a time.
const BATCH_PAIRS: usize = 1 << 22;

/// Pairs of point and linked unit.
#[derive(Default)]
struct Batch {
    others: Vec<u32>,
    days: Vec<Day>,
    /// By point: whether it has a link, and where its pairs end.
    points: Vec<(bool, usize)>,
}

impl Batch {
    /// Adds the value of every point, and empties the batch; a point without a link is missing.
    fn settle(&mut self, of: &OfLinked<'_>, progress: &dyn Progress, result: &mut Vec<f64>) -> Result<()> {
        let points = Points { codes: &self.others, days: &self.days };
        let computed = values(of.table, of.index, of.plan, points, progress)?;
        let Some(FeatureValues::Numeric(computed)) = computed.first() else {
            return Err(internal("what is computed of linked units is not a number"));
        };
        let mut start = 0;
        for (has_link, end) in self.points.drain(..) {
            let of_point = computed[start..end].iter().copied();
            result.push(if has_link { across(of.across, of_point) } else { f64::NAN });
            start = end;
        }
        self.others.clear();
        self.days.clear();
        Ok(())
    }
}

impl<'a> Links<'a> {
    fn read(table: &HistoryTable, index: &'a Index<'a>, plan: &Plan, definition: &Planned) -> Result<Self> {
        let evaluate = |slot: usize| {
            let series = plan.expressions[slot].expression.evaluate(&table.table.frame).map_err(internal)?;
            table.table.with(series)
        };
        let Some(node) = definition.node else { return Err(internal("links without a node")) };
        let node = evaluate(node)?.categories(EVALUATED)?;
        let meets = definition.condition.map(|slot| evaluate(slot)?.numbers(EVALUATED)).transpose()?;
        let mut units = Vec::with_capacity(table.table.rows());
        for unit in 0..index.units() as u32 {
            units.extend(index.positions(unit).map(|_| unit));
        }
        let mut by_node = vec![Vec::new(); node.levels.len()];
        let nodes: Vec<u32> = (0..units.len())
            .map(|position| {
                let row = index.row(position);
                let counts = meets.as_ref().is_none_or(|meets| meets[row] == 1.0);
                if counts { node.codes[row] } else { MISSING }
            })
            .collect();
        for (position, node) in nodes.iter().enumerate().filter(|(_, node)| **node != MISSING) {
            by_node[*node as usize].push(position as u32);
        }
        Ok(Links { index, units, nodes, by_node })
    }

    /// By node: the days on which its units first became known there, rising; where no window ends a link.
    fn first_days(&self, window: Window) -> Option<Vec<Vec<Day>>> {
        (window == Window::EVERYTHING).then(|| {
            self.by_node
                .iter()
                .map(|positions| {
                    let mut first: BTreeMap<u32, Day> = BTreeMap::new();
                    for position in positions {
                        let day = self.index.known(*position as usize).unwrap_or(Day::FIRST);
                        let known = first.entry(self.units[*position as usize]).or_insert(day);
                        *known = day.min(*known);
                    }
                    let mut days: Vec<Day> = first.into_values().collect();
                    days.sort_unstable();
                    days
                })
                .collect()
        })
    }

    /// How many other units share a node with a unit; missing where the unit has no link that counts.
    fn count(&self, code: u32, t: Day, window: Window, first_days: Option<&[Vec<Day>]>) -> f64 {
        let nodes = self.nodes_of(code, t, window);
        match (nodes.as_slice(), first_days) {
            ([], _) => f64::NAN,
            // The unit itself is one of those at its node.
            ([node], Some(days)) => days[*node as usize].partition_point(|day| *day <= t) as f64 - 1.0,
            (nodes, _) => {
                let mut others = Vec::new();
                self.add_others(code, t, window, nodes, &mut others);
                others.len() as f64
            }
        }
    }

    /// The nodes of a unit, each once.
    fn nodes_of(&self, code: u32, t: Day, window: Window) -> Vec<u32> {
        let positions = self.index.known_at(code, t, window);
        let mut nodes: Vec<u32> =
            positions.map(|position| self.nodes[position]).filter(|node| *node != MISSING).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Adds the other units that share a node with a unit, each once; whether the unit has any link that counts.
    fn others(&self, code: u32, t: Day, window: Window, others: &mut Vec<u32>) -> bool {
        let nodes = self.nodes_of(code, t, window);
        self.add_others(code, t, window, &nodes, others);
        !nodes.is_empty()
    }

    fn add_others(&self, code: u32, t: Day, window: Window, nodes: &[u32], others: &mut Vec<u32>) {
        let start = others.len();
        for node in nodes {
            for position in &self.by_node[*node as usize] {
                let unit = self.units[*position as usize];
                if unit != code && self.index.is_known_at(*position as usize, t, window) {
                    others.push(unit);
                }
            }
        }
        let mut found = others.split_off(start);
        found.sort_unstable();
        found.dedup();
        others.append(&mut found);
    }

    /// Other units in the connected group of each point, by union-find over the links in the order in which they became
    /// known (Tarjan 1975).
    fn groups(&self, points: Points<'_>) -> Vec<f64> {
        let units = self.index.units();
        let mut groups = Groups::new(units, self.by_node.len());
        let mut links: Vec<u32> =
            (0..self.nodes.len() as u32).filter(|position| self.nodes[*position as usize] != MISSING).collect();
        links.sort_by_key(|position| self.index.known(*position as usize));
        let mut links = links.into_iter().peekable();
        let mut order: Vec<u32> = (0..points.codes.len() as u32).collect();
        order.sort_by_key(|point| points.days[*point as usize]);
        let mut values = vec![f64::NAN; points.codes.len()];
        for point in order {
            let t = points.days[point as usize];
            while let Some(link) = links.next_if(|position| self.index.known(*position as usize) <= Some(t)) {
                groups.link(self.units[link as usize], self.nodes[link as usize]);
            }
            if let Some(size) = groups.size(points.codes[point as usize]) {
                values[point as usize] = f64::from(size - 1);
            }
        }
        values
    }
}

/// Union-find over units and nodes; sizes count units.
struct Groups {
    parents: Vec<u32>,
    sizes: Vec<u32>,
    /// Whether a unit has a link.
    linked: Vec<bool>,
}

impl Groups {
    fn new(units: usize, nodes: usize) -> Self {
        Groups {
            parents: (0..(units + nodes) as u32).collect(),
            sizes: vec![0; units + nodes],
            linked: vec![false; units],
        }
    }

    fn root(&mut self, mut member: u32) -> u32 {
        while self.parents[member as usize] != member {
            let grandparent = self.parents[self.parents[member as usize] as usize];
            self.parents[member as usize] = grandparent;
            member = grandparent;
        }
        member
    }

    fn link(&mut self, unit: u32, node: u32) {
        if !self.linked[unit as usize] {
            self.linked[unit as usize] = true;
            let root = self.root(unit);
            self.sizes[root as usize] += 1;
        }
        let node = self.linked.len() as u32 + node;
        let (one, other) = (self.root(unit), self.root(node));
        if one != other {
            let (small, large) =
                if self.sizes[one as usize] < self.sizes[other as usize] { (one, other) } else { (other, one) };
            self.parents[small as usize] = large;
            self.sizes[large as usize] += self.sizes[small as usize];
        }
    }

    /// Units in the group of a unit that has a link.
    fn size(&mut self, unit: u32) -> Option<u32> {
        let is_linked = self.linked.get(unit as usize).copied().unwrap_or(false);
        is_linked.then(|| {
            let root = self.root(unit);
            self.sizes[root as usize]
        })
    }
}
