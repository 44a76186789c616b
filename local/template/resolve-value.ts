/** Where intrinsic functions find their values. */
export interface Scope {
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, subKey: string): unknown;
  availabilityZones(region: string): readonly string[];
}

/** What `Ref: AWS::NoValue` gives: the property is as if it were not there. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, resolve: (value: unknown) => unknown, scope: Scope) => unknown;

/** Evaluates the intrinsic functions of a template's value. Throws on one it does not know, naming it. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolve = (inner: unknown): unknown => resolveValue(inner, scope);

  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;

  const name = intrinsicName(value);
  if (name !== undefined) {
    const intrinsic = intrinsics[name];
    if (!intrinsic) throw new Error(`the template uses ${name}, which the local runtime cannot evaluate`);
    return intrinsic((value as Record<string, unknown>)[name], resolve, scope);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolve(inner)] as const)
      .filter(([, inner]) => inner !== NO_VALUE),
  );
}

/** The function's name if the value is a call of one, e.g. `Fn::Join`; undefined for plain data. */
export function intrinsicName(value: object): string | undefined {
  const keys = Object.keys(value);
  const key = keys.length === 1 ? keys[0] : undefined;
  if (key === undefined) return undefined;
  if (key === 'Ref') return typeof (value as { Ref: unknown }).Ref === 'string' ? key : undefined;
  return key.startsWith('Fn::') ? key : undefined;
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, _resolve, scope) => scope.ref(asText(name, 'Ref')),
  'Fn::GetAtt': (argument, resolve, scope) => {
    const [logicalId, attribute] = getAttParts(argument);
    return scope.getAtt(logicalId, asText(resolve(attribute), 'Fn::GetAtt'));
  },
  'Fn::ImportValue': (argument, resolve, scope) => scope.importValue(asText(resolve(argument), 'Fn::ImportValue')),
  'Fn::Sub': (argument, resolve, scope) => substitute(argument, resolve, scope),
  'Fn::Join': (argument, resolve) => {
    const [separator, parts] = pair(argument, 'Fn::Join');
    return asList(resolve(parts), 'Fn::Join')
      .map((part) => asText(part, 'Fn::Join'))
      .join(asText(separator, 'Fn::Join'));
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, text] = pair(argument, 'Fn::Split');
    return asText(resolve(text), 'Fn::Split').split(asText(separator, 'Fn::Split'));
  },
  'Fn::Select': (argument, resolve) => {
    const [index, list] = pair(argument, 'Fn::Select');
    const values = asList(resolve(list), 'Fn::Select');
    const selected = values[Number(resolve(index))];
    if (selected === undefined) {
      throw new Error(`Fn::Select asks for item ${String(resolve(index))} of a list of ${values.length}`);
    }
    return selected;
  },
  'Fn::If': (argument, resolve, scope) => resolve(chosenBranch(argument, scope)),
  'Fn::Equals': (argument, resolve) => {
    const [left, right] = pair(argument, 'Fn::Equals');
    return asText(resolve(left), 'Fn::Equals') === asText(resolve(right), 'Fn::Equals');
  },
  'Fn::And': (argument, resolve, scope) => asList(argument, 'Fn::And').every((one) => isTrue(one, resolve, scope)),
  'Fn::Or': (argument, resolve, scope) => asList(argument, 'Fn::Or').some((one) => isTrue(one, resolve, scope)),
  'Fn::Not': (argument, resolve, scope) => !isTrue(asList(argument, 'Fn::Not')[0], resolve, scope),
  'Fn::Base64': (argument, resolve) => Buffer.from(asText(resolve(argument), 'Fn::Base64')).toString('base64'),
  'Fn::FindInMap': (argument, resolve, scope) => {
    const [map, key, subKey] = asList(argument, 'Fn::FindInMap').map((part) => asText(resolve(part), 'Fn::FindInMap'));
    return scope.mapping(map ?? '', key ?? '', subKey ?? '');
  },
  'Fn::GetAZs': (argument, resolve, scope) => scope.availabilityZones(asText(resolve(argument), 'Fn::GetAZs')),
  'Fn::Length': (argument, resolve) => asList(resolve(argument), 'Fn::Length').length,
  'Fn::ToJsonString': (argument, resolve) => JSON.stringify(resolve(argument)),
};

/** `{"Condition": "Name"}` among the arguments of And, Or and Not names a condition. */
function isTrue(value: unknown, resolve: (value: unknown) => unknown, scope: Scope): boolean {
  if (typeof value === 'object' && value !== null && 'Condition' in value) {
    return scope.condition(asText(value.Condition, 'Condition'));
  }
  return resolve(value) === true;
}

/** The branch of an `Fn::If` that counts, not yet resolved. */
export function chosenBranch(argument: unknown, scope: Pick<Scope, 'condition'>): unknown {
  const [condition, whenTrue, whenFalse] = asList(argument, 'Fn::If');
  return scope.condition(asText(condition, 'Fn::If')) ? whenTrue : whenFalse;
}

/** Splits both forms of Fn::GetAtt, `["Id", "Attribute"]` and `"Id.Attribute"`. */
export function getAttParts(argument: unknown): readonly [logicalId: string, attribute: unknown] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [logicalId, attribute] = pair(argument, 'Fn::GetAtt');
  return [asText(logicalId, 'Fn::GetAtt'), attribute];
}

/** The text of an Fn::Sub and the variables it brings along. */
export function subParts(argument: unknown): readonly [text: string, variables: Readonly<Record<string, unknown>>] {
  if (typeof argument === 'string') return [argument, {}];
  const [text, variables] = pair(argument, 'Fn::Sub');
  return [asText(text, 'Fn::Sub'), variables as Record<string, unknown>];
}

/** `${Name}` or `${Name.Attribute}`; `${!Name}` stands for the text `${Name}`. */
export const SUB_VARIABLE = /\$\{(!?)([^{}]+)\}/g;

function substitute(argument: unknown, resolve: (value: unknown) => unknown, scope: Scope): string {
  const [text, variables] = subParts(argument);
  return text.replace(SUB_VARIABLE, (_whole, literal: string, rawName: string) => {
    if (literal) return `\${${rawName}}`;
    const name = rawName.trim();
    if (Object.hasOwn(variables, name)) return asText(resolve(variables[name]), 'Fn::Sub');
    const dot = name.indexOf('.');
    const value = dot < 0 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1));
    return asText(value, 'Fn::Sub');
  });
}

function pair(value: unknown, where: string): readonly [unknown, unknown] {
  const [first, second] = asList(value, where);
  return [first, second];
}

function asList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where} needs a list, the template gives ${JSON.stringify(value)}`);
  return value;
}

function asText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} needs a string, the template gives ${JSON.stringify(value) ?? String(value)}`);
}
