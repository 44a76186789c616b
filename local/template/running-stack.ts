import type { Resource, Started } from '../runtime.ts';
import type { StackTemplate, TemplateOutput, TemplateResource } from './assembly.ts';
import { findReferences } from './find-references.ts';
import { generatedName } from './generated-name.ts';
import { NO_VALUE, resolveValue } from './resolve-value.ts';
import type { Scope } from './resolve-value.ts';

/** The account a template runs in. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** A resource with what starting it gave. */
export interface RunningResource {
  readonly resource: Resource;
  readonly started: Started;
}

/** A resource that waits to be started. */
export interface Node {
  readonly stack: RunningStack;
  readonly logicalId: string;
}

export interface ExportedOutput {
  readonly stack: RunningStack;
  readonly output: TemplateOutput;
}

/** One stack while its resources start. */
export class RunningStack implements Scope {
  readonly name: string;
  readonly started = new Map<string, RunningResource>();
  private readonly stack: StackTemplate;
  private readonly account: Account;
  private readonly findExport: (name: string) => ExportedOutput;

  constructor(stack: StackTemplate, account: Account, findExport: (name: string) => ExportedOutput) {
    this.name = stack.stackName;
    this.stack = stack;
    this.account = account;
    this.findExport = findExport;
  }

  /** Those whose condition holds. */
  logicalIds(): readonly string[] {
    return Object.entries(this.stack.template.Resources ?? {})
      .filter(([, { Condition }]) => Condition === undefined || this.condition(Condition))
      .map(([logicalId]) => logicalId);
  }

  dependencies(logicalId: string): readonly Node[] {
    const { Properties, DependsOn } = this.declared(logicalId);
    const explicit = DependsOn === undefined ? [] : [DependsOn].flat();
    for (const name of explicit) {
      if (!this.isResource(name))
        throw new Error(`${this.name}/${logicalId} depends on ${name}, which is not declared`);
    }
    const present = new Set(this.logicalIds());
    return [...explicit.map((name) => ({ stack: this, logicalId: name })), ...this.referenced(Properties)].filter(
      (node) => node.stack !== this || present.has(node.logicalId),
    );
  }

  resolveResource(logicalId: string): Resource {
    const { Type, Properties = {} } = this.declared(logicalId);
    try {
      return {
        stack: this.name,
        logicalId,
        type: Type,
        properties: resolveValue(Properties, this) as Record<string, unknown>,
        generatedName: generatedName(this.name, logicalId),
      };
    } catch (error) {
      throw new Error(`${this.name}/${logicalId} (${Type}) cannot be resolved`, { cause: error });
    }
  }

  output(key: string): string | undefined {
    const output = this.stack.template.Outputs?.[key];
    if (!output || (output.Condition !== undefined && !this.condition(output.Condition))) return undefined;
    return String(resolveValue(output.Value, this));
  }

  exported(exportName: string): TemplateOutput | undefined {
    return Object.values(this.stack.template.Outputs ?? {}).find(
      ({ Export }) => Export && resolveValue(Export.Name, this) === exportName,
    );
  }

  ref(name: string): unknown {
    if (name.startsWith('AWS::')) return this.pseudoParameter(name);
    const running = this.started.get(name);
    if (running) return running.started.ref;
    const parameter = this.stack.template.Parameters?.[name];
    if (!parameter) throw new Error(`Ref names ${name}, which the template does not declare`);
    if (parameter.Default === undefined) throw new Error(`parameter ${name} has no default`);
    const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type?.startsWith('List<');
    return isList ? String(parameter.Default).split(',') : parameter.Default;
  }

  getAtt(logicalId: string, attribute: string): unknown {
    const running = this.started.get(logicalId);
    if (!running) throw new Error(`Fn::GetAtt names ${logicalId}, which the template does not declare`);
    const value = running.started.attributes?.[attribute];
    if (value === undefined) {
      throw new Error(`the stand-in of ${running.resource.type} does not give the attribute ${attribute}`);
    }
    return value;
  }

  importValue(exportName: string): unknown {
    const { stack, output } = this.findExport(exportName);
    return resolveValue(output.Value, stack);
  }

  condition(name: string): boolean {
    const condition = this.stack.template.Conditions?.[name];
    if (condition === undefined) throw new Error(`condition ${name} is not declared`);
    return resolveValue(condition, this) === true;
  }

  mapping(map: string, key: string, subKey: string): unknown {
    const value = this.stack.template.Mappings?.[map]?.[key]?.[subKey];
    if (value === undefined) throw new Error(`Fn::FindInMap finds no ${map}.${key}.${subKey}`);
    return value;
  }

  availabilityZones(region: string): readonly string[] {
    return ['a', 'b', 'c'].map((zone) => `${region || this.account.region}${zone}`);
  }

  private declared(logicalId: string): TemplateResource {
    const resource = this.stack.template.Resources?.[logicalId];
    if (!resource) throw new Error(`${this.name} declares no ${logicalId}`);
    return resource;
  }

  private isResource(name: string): boolean {
    return Object.hasOwn(this.stack.template.Resources ?? {}, name);
  }

  private referenced(value: unknown): readonly Node[] {
    const { names, imports } = findReferences(value, this);
    const own = [...names].filter((name) => this.isResource(name)).map((logicalId) => ({ stack: this, logicalId }));
    const foreign = imports.flatMap((argument) => {
      const { stack, output } = this.findExport(String(resolveValue(argument, this)));
      return stack.referenced(output.Value);
    });
    return [...own, ...foreign];
  }

  private pseudoParameter(name: string): unknown {
    const { partition, region, accountId } = this.account;
    const values: Record<string, unknown> = {
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.name,
      'AWS::StackId': `arn:${partition}:cloudformation:${region}:${accountId}:stack/${this.name}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
    if (!Object.hasOwn(values, name)) throw new Error(`the template uses ${name}, which is no pseudo parameter`);
    return values[name];
  }
}
