// The answers of the decision tables to the result.
export const handler = (answers) => {
  const own = SEGMENT_COLUMN === null ? { name: null } : answer(answers, "segment");
  const segment = own.name ?? null;
  if (SEGMENT_COLUMN !== null && segment === null) {
    return refused(null, `${JSON.stringify(SEGMENT_COLUMN)} has a value that belongs to no segment of the card`);
  }
  let unforeseen = own.unforeseen ? 1 : 0;
  let sum = SEGMENT_COLUMN === null ? BASE_POINTS.get(null) : 0;
  const points = [];
  const lost = [];
  for (const [feature, of, table] of FEATURES) {
    if (of !== segment) continue;
    const given = answer(answers, table);
    if (given.unforeseen) {
      if (REFUSES_UNFORESEEN) {
        const what = `feature ${JSON.stringify(feature)} has a value that development never saw`;
        return refused(segment, `${what}, and the card's policy is to refuse it`);
      }
      unforeseen += 1;
    }
    points.push([feature, Number(given.points)]);
    sum += Number(given.points);
    lost.push({ lost: Number(given.lost), reason: given.reason });
  }
  const score = SEGMENT_COLUMN === null ? sum : BASE_POINTS.get(segment) + sum;
  // The sort is stable: ties keep the order of the card.
  const reasons = lost
    .filter((one) => one.lost > 0)
    .sort((a, b) => b.lost - a.lost)
    .slice(0, 4)
    .map((one) => one.reason);
  const isIn = ([lower, upper]) => (lower === null || score >= lower) && (upper === null || score < upper);
  return result(segment, {
    score,
    pd: 1 / (1 + Math.exp((score - OFFSET) / FACTOR)),
    grade: BANDS.findIndex(isIn) + 1 || null,
    reasons,
    points: Object.fromEntries(points),
    unforeseen,
    refused: null,
  });
};

const answer = (answers, table) => {
  const given = answers[table];
  if (!given) throw new Error(`the table ${table} gave no answer`);
  return given;
};

const refused = (segment, why) =>
  result(segment, { score: null, pd: null, grade: null, reasons: [], points: {}, unforeseen: null, refused: why });

const result = (segment, { reasons, ...figures }) => ({
  card: CARD,
  scorecard_sha256: SCORECARD_SHA256,
  ...figures,
  ...(SEGMENT_COLUMN === null ? {} : { segment }),
  reasons,
  ...Object.fromEntries([0, 1, 2, 3].map((place) => [`reason_${place + 1}`, reasons[place] ?? null])),
});
