import { chosenBranch, getAttParts, intrinsicName, SUB_VARIABLE, subParts } from './resolve-value.ts';

/** What a value needs before it can be resolved. */
export interface References {
  /** Names of Ref, GetAtt and Sub: resources, parameters and pseudo parameters alike. */
  readonly names: ReadonlySet<string>;
  /** Arguments of Fn::ImportValue, unresolved. */
  readonly imports: readonly unknown[];
}

/** Finds what a value refers to, in the branches that the conditions choose. */
export function findReferences(value: unknown, conditions: { condition(name: string): boolean }): References {
  const names = new Set<string>();
  const imports: unknown[] = [];

  const visit = (inner: unknown): void => {
    if (Array.isArray(inner)) return inner.forEach(visit);
    if (typeof inner !== 'object' || inner === null) return;
    const name = intrinsicName(inner);
    if (name === undefined) return Object.values(inner).forEach(visit);
    visitIntrinsic(name, (inner as Record<string, unknown>)[name]);
  };

  const visitIntrinsic = (name: string, argument: unknown): void => {
    if (name === 'Ref') {
      names.add(argument as string);
    } else if (name === 'Fn::GetAtt') {
      names.add(getAttParts(argument)[0]);
    } else if (name === 'Fn::ImportValue') {
      imports.push(argument);
    } else if (name === 'Fn::If') {
      visit(chosenBranch(argument, conditions));
    } else if (name === 'Fn::Sub') {
      const [text, variables] = subParts(argument);
      for (const [, literal, variable = ''] of text.matchAll(SUB_VARIABLE)) {
        const root = variable.trim().split('.')[0] ?? '';
        if (!literal && !Object.hasOwn(variables, variable.trim())) names.add(root);
      }
      visit(variables);
    } else {
      visit(argument);
    }
  };

  visit(value);
  return { names, imports };
}
