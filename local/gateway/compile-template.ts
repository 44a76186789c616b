import { Compile, Helper, parse } from 'velocityjs';
import { javaMethods } from './java-methods.ts';

/** What a template sees, by name; its `#set` adds to it. */
export type TemplateVariables = Record<string, unknown>;

export type CompiledTemplate = (variables: TemplateVariables) => string;

/** A part of a template as velocityjs parses it. */
interface Ast {
  readonly type: string;
  readonly id?: unknown;
  readonly value?: unknown;
  readonly isEval?: boolean;
  readonly isRange?: boolean;
  readonly leader?: string;
  readonly path?: readonly Ast[];
  /** False between empty parentheses. */
  readonly args?: readonly Ast[] | false;
  readonly equal?: readonly [Ast, Ast];
  readonly condition?: Ast;
  readonly expression?: readonly Ast[];
  readonly operator?: string;
}

/** Text, a part, or a block: its directive first. */
type Parsed = string | Ast | readonly Parsed[];

type Evaluate = (variables: TemplateVariables) => unknown;
type Access = (value: unknown, variables: TemplateVariables) => unknown;

class NotCompiled extends Error {
  override readonly name = 'NotCompiled';
}

/** Methods that velocityjs makes up for values without them, and what it adds to every value that a method is called on. */
const madeUpMethod = /^(?:get|is|set)|^(?:keySet|entrySet|size|put|add|remove|subList)$/;
/** Names that velocityjs looks at twice before it follows them. */
const guardedNames: ReadonlySet<unknown> = new Set(['__proto__', 'constructor', 'prototype', 'eval']);

/**
 * A template as a function that gives what velocityjs gives, but has read the template once and for all: velocityjs reads
 * the text between double quotes again each time. Undefined where the template uses more than references, `#set`, `#if`,
 * comments, literals and operators.
 */
export function compileTemplate(template: string): CompiledTemplate | undefined {
  try {
    return renderer(parsed(template));
  } catch (error) {
    if (error instanceof NotCompiled) return undefined;
    throw error;
  }
}

/** The same by velocityjs itself, whatever the template uses. Throws where it cannot be parsed. */
export function interpretTemplate(template: string): CompiledTemplate {
  const tree = parse(template);
  return (variables) => new Compile(tree, { customMethodHandlers: [...javaMethods] }).render(variables);
}

/** What cannot be parsed fails where it is rendered, and not before. */
function parsed(text: string): readonly Parsed[] {
  try {
    return parse(text) as readonly Parsed[];
  } catch {
    throw new NotCompiled('text that cannot be parsed');
  }
}

function renderer(parts: readonly Parsed[]): CompiledTemplate {
  const pieces = parts.map(piece);
  return (variables) => {
    let text = '';
    for (const one of pieces) text += typeof one === 'string' ? one : one(variables);
    return text;
  };
}

function piece(part: Parsed): string | ((variables: TemplateVariables) => string) {
  if (typeof part === 'string') return part;
  if (isBlock(part)) return ifBlock(part);
  switch (part.type) {
    case 'references':
      return shownReference(part);
    case 'set':
      return assignment(part);
    case 'comment':
      return '';
    case 'raw':
      return String(part.value);
    default:
      throw new NotCompiled(part.type);
  }
}

const isBlock = (part: Parsed): part is readonly Parsed[] => Array.isArray(part);

function ifBlock(block: readonly Parsed[]): (variables: TemplateVariables) => string {
  const branches: { readonly condition: Evaluate; readonly body: Parsed[] }[] = [];
  for (const part of block) {
    const directive = typeof part === 'string' || isBlock(part) ? undefined : part;
    if (directive?.type === 'if' || directive?.type === 'elseif') {
      branches.push({ condition: expression(directive.condition!), body: [] });
    } else if (directive?.type === 'else') branches.push({ condition: () => true, body: [] });
    else if (branches.length === 0) throw new NotCompiled('another block');
    else branches.at(-1)!.body.push(part);
  }
  const compiled = branches.map(({ condition, body }) => ({ condition, render: renderer(body) }));
  return (variables) => compiled.find(({ condition }) => condition(variables))?.render(variables) ?? '';
}

function shownReference(ast: Ast): (variables: TemplateVariables) => string {
  const read = reference(ast);
  const unknown = ast.leader === '$!' ? '' : Helper.getRefText(ast as never);
  return (variables) => {
    const value = read(variables);
    return String(value === undefined ? unknown : shown(value));
  };
}

/** Lists and maps as Java prints them. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (!String(value.toString).includes('[native code]')) return value;
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}=${String(shown(one))}`)
    .join(', ')}}`;
}

function reference({ id, path = [], args }: Ast): Evaluate {
  if (args !== undefined) throw new NotCompiled('a call of a variable');
  const name = followedName(id);
  const steps = path.map(access);
  return (variables) => {
    let value = variables[name];
    for (const step of steps) value = value === undefined || value === null ? undefined : step(value, variables);
    return value;
  };
}

function access(part: Ast): Access {
  if (part.type === 'method') return call(part);
  const key = pathKey(part);
  return (value) => (value as Record<string, unknown>)[key];
}

function call({ id, args }: Ast): Access {
  const property = followedName(id);
  if (madeUpMethod.test(property)) throw new NotCompiled(property);
  const parameters = (args || []).map(literal);
  return (context, variables) => {
    const params = parameters.map((one) => one(variables));
    const asked = { property, context, params };
    const known = javaMethods.find((method) => method.match(asked));
    if (known) return known.resolve(asked);
    const method = (context as Record<string, unknown>)[property];
    return typeof method === 'function' ? (method.apply(context, params) as unknown) : undefined;
  };
}

function pathKey(part: Ast): string {
  if (part.type === 'property') return followedName(part.id);
  const { type, value } = part.id as Ast;
  const isConstant = type === 'integer' || (type === 'string' && !/[$#]/.test(String(value)));
  if (part.type !== 'index' || !isConstant) throw new NotCompiled('a path that is not constant');
  return followedName(String(value));
}

function followedName(name: unknown): string {
  if (typeof name !== 'string' || guardedNames.has(name)) throw new NotCompiled(String(name));
  return name;
}

function assignment({ equal }: Ast): (variables: TemplateVariables) => string {
  const [target, source] = equal!;
  if (target.type !== 'references' || target.args !== undefined) throw new NotCompiled('#set of something else');
  const name = followedName(target.id);
  const value = expression(source);
  if (target.path === undefined) {
    return (variables) => {
      variables[name] = value(variables);
      return '';
    };
  }
  const keys = target.path.map(pathKey);
  return (variables) => {
    const assigned = value(variables);
    if (typeof variables[name] !== 'object') variables[name] = {};
    let parent = variables[name] as Record<string, unknown> | null | undefined;
    for (const key of keys.slice(0, -1)) parent = parent?.[key] as typeof parent;
    if (parent !== undefined && parent !== null) parent[keys.at(-1)!] = assigned;
    return '';
  };
}

type Operator = (left: Evaluate, right: Evaluate) => Evaluate;

/** JavaScript's own operators, as velocityjs has them; of one operand the second is not looked at. */
const operators: Readonly<Record<string, Operator>> = {
  '+': (left, right) => (all) => (left(all) as number) + (right(all) as number),
  '-': (left, right) => (all) => (left(all) as number) - (right(all) as number),
  '*': (left, right) => (all) => (left(all) as number) * (right(all) as number),
  '/': (left, right) => (all) => (left(all) as number) / (right(all) as number),
  '%': (left, right) => (all) => (left(all) as number) % (right(all) as number),
  '<': (left, right) => (all) => (left(all) as number) < (right(all) as number),
  '>': (left, right) => (all) => (left(all) as number) > (right(all) as number),
  '<=': (left, right) => (all) => (left(all) as number) <= (right(all) as number),
  '>=': (left, right) => (all) => (left(all) as number) >= (right(all) as number),
  // velocityjs compares so, and the same answers are what this is for.
  // oxlint-disable-next-line eqeqeq
  '==': (left, right) => (all) => left(all) == right(all),
  // oxlint-disable-next-line eqeqeq
  '!=': (left, right) => (all) => left(all) != right(all),
  '&&': (left, right) => (all) => left(all) && right(all),
  '||': (left, right) => (all) => left(all) || right(all),
  not: (operand) => (all) => !operand(all),
  minus: (operand) => (all) => -(operand(all) as number),
  parenthesis: (operand) => operand,
};

function expression(ast: Ast): Evaluate {
  if (ast.type !== 'math') return literal(ast);
  const operator = Object.hasOwn(operators, ast.operator ?? '') ? operators[ast.operator!] : undefined;
  const [left, right] = (ast.expression ?? []).map(expression);
  if (operator === undefined || left === undefined) throw new NotCompiled(String(ast.operator));
  return operator(left, right ?? left);
}

const constants: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

function literal(ast: Ast): Evaluate {
  switch (ast.type) {
    case 'references':
      return reference(ast);
    case 'string':
      return quoted(ast);
    case 'integer':
      return constant(Number.parseInt(String(ast.value), 10));
    case 'decimal':
      return constant(Number.parseFloat(String(ast.value)));
    case 'bool':
      return constant(constants[String(ast.value)]);
    case 'array':
      if (!ast.isRange) return list(ast.value as readonly Ast[]);
  }
  throw new NotCompiled(ast.type);
}

const constant =
  (value: unknown): Evaluate =>
  () =>
    value;

/** References between double quotes are filled in. */
function quoted({ value, isEval }: Ast): Evaluate {
  const text = String(value);
  return isEval && /[#$]/.test(text) ? renderer(parsed(text)) : constant(text);
}

function list(items: readonly Ast[]): Evaluate {
  const values = items.map(literal);
  return (variables) => values.map((one) => one(variables));
}
