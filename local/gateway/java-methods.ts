/** How velocityjs is told of a method that values have in Java but not in JavaScript. */
export interface MethodHandler {
  readonly uid: string;
  match(call: { readonly property: string; readonly context: unknown }): boolean;
  resolve(call: { readonly context: unknown; readonly params: readonly unknown[] }): unknown;
}

/** Methods of java.lang.String that templates call; those that JavaScript shares need no help. */
const STRING_METHODS: Readonly<Record<string, (text: string, ...params: readonly unknown[]) => unknown>> = {
  length: (text) => text.length,
  isEmpty: (text) => text === '',
  equals: (text, other) => text === other,
  equalsIgnoreCase: (text, other) => text.toLowerCase() === String(other).toLowerCase(),
  contains: (text, part) => text.includes(String(part)),
  matches: (text, pattern) => new RegExp(`^(?:${String(pattern)})$`, 'u').test(text),
  replaceAll: (text, pattern, replacement) => text.replace(new RegExp(String(pattern), 'gu'), String(replacement)),
  replace: (text, part, replacement) => text.replaceAll(String(part), () => String(replacement)),
  replaceFirst: (text, pattern, replacement) => text.replace(new RegExp(String(pattern), 'u'), String(replacement)),
};

const MAP_METHODS: Readonly<Record<string, (map: object, ...params: readonly unknown[]) => unknown>> = {
  containsKey: (map, key) => Object.hasOwn(map, String(key)),
  isEmpty: (map) => Object.keys(map).length === 0,
  values: (map) => Object.values(map),
};

export const javaMethods: readonly MethodHandler[] = [
  {
    uid: 'java.lang.String',
    match: ({ property, context }) => typeof context === 'string' && Object.hasOwn(STRING_METHODS, property),
    resolve: (call) => invoke(STRING_METHODS, call),
  },
  {
    uid: 'java.util.Map',
    match: ({ property, context }) =>
      typeof context === 'object' && context !== null && Object.hasOwn(MAP_METHODS, property),
    resolve: (call) => invoke(MAP_METHODS, call),
  },
];

function invoke<T>(
  methods: Readonly<Record<string, (context: T, ...params: readonly unknown[]) => unknown>>,
  {
    property,
    context,
    params,
  }: { readonly property?: string; readonly context: unknown; readonly params: readonly unknown[] },
): unknown {
  return methods[property ?? '']?.(context as T, ...params);
}
