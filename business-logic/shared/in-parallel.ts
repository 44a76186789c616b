/** What `work` answers for each item, in the order of the items; at most so many at once. The first failure ends it. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const rest = items.entries();
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [at, item] of rest) answers[at] = await work(item);
  });
  await Promise.all(workers);
  return answers;
}
