import { useRef } from 'preact/hooks';

/** The array of the last time where this one holds the same items, so that what is made of them is not made again. */
export function useSame<Item>(items: readonly Item[]): readonly Item[] {
  const last = useRef(items);
  const isSame = items.length === last.current.length && items.every((item, index) => item === last.current[index]);
  if (!isSame) last.current = items;
  return last.current;
}
