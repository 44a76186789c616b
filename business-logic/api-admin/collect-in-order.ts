/** All items of a list that may come in pages and in any order, sorted by a text made of each. */
export async function collectInOrder<Item>(items: AsyncIterable<Item>, keyOf: (item: Item) => string): Promise<Item[]> {
  const collected: (readonly [string, Item])[] = [];
  for await (const item of items) collected.push([keyOf(item), item]);
  return collected.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}
