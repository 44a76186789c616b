import { isObject, member, opened } from './exact-json.ts';
import type { JsonNode } from './exact-json.ts';

const STEP = /^(?:\.([A-Za-z_][\w-]*|\*)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)|(\*))\s*\])/;

/**
 * Evaluates the part of JSONPath that mapping templates use: `$`, `.name`, `['name']`, `[0]` and `[*]`. Undefined where
 * the path leads nowhere; a path with `*` always gives an array. Throws on any other form, naming it.
 */
export function evaluateJsonPath(root: JsonNode, path: string): JsonNode | undefined {
  if (!path.startsWith('$')) throw new Error(`the JSONPath ${path} does not begin with $`);
  let nodes: JsonNode[] = [root];
  let isDefinite = true;
  for (let rest = path.slice(1); rest !== '';) {
    const step = STEP.exec(rest);
    if (!step) throw new Error(`the local runtime cannot evaluate the JSONPath ${path}`);
    const [whole, name, singleQuoted, doubleQuoted, index, star] = step;
    rest = rest.slice(whole.length);
    nodes = nodes.map(opened);
    if (star !== undefined || name === '*') {
      isDefinite = false;
      nodes = nodes.flatMap(children);
    } else if (index !== undefined) {
      nodes = nodes.flatMap((node) => present(Array.isArray(node) ? node[Number(index)] : undefined));
    } else {
      const wanted = name ?? (singleQuoted ?? doubleQuoted ?? '').replace(/\\(.)/g, '$1');
      nodes = nodes.flatMap((node) => present(isObject(node) ? member(node, wanted) : undefined));
    }
  }
  return isDefinite ? nodes[0] : nodes;
}

/** Wrapped, so that a step over an array is not flattened into it. */
function present(node: JsonNode | undefined): JsonNode[] {
  return node === undefined ? [] : [node];
}

function children(node: JsonNode): readonly JsonNode[] {
  if (Array.isArray(node)) return node;
  return isObject(node) ? node.values : [];
}
