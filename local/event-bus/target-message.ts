/** A rule's target as the template has it. */
export interface RuleTarget {
  readonly Arn: string;
  readonly Id: string;
  readonly Input?: string;
  readonly InputPath?: string;
  /** In whose name the target is called. */
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/**
 * What a target is told of an event: a constant, what the transformer makes of it, or the event itself. Throws where
 * EventBridge would send nothing: what a transformer makes must be JSON.
 */
export function targetMessage({ Input, InputPath, InputTransformer }: RuleTarget, event: unknown): string {
  if (Input !== undefined) return plainText(Input);
  if (InputPath !== undefined) return plainText(JSON.stringify(valueAt(event, InputPath) ?? ''));
  if (!InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const filled = InputTemplate.replaceAll(/<([^<>]+)>/g, (_, name: string, at: number) => {
    if (name.startsWith('aws.events.')) throw new Error(`<${name}> of an input template has no stand-in`);
    const path = InputPathsMap[name];
    const value = (path === undefined ? undefined : valueAt(event, path)) ?? '';
    // Between quotes EventBridge puts a text as it is: a quote in it ends the string.
    return isInString(InputTemplate, at) && typeof value === 'string' ? value : JSON.stringify(value);
  });
  return plainText(filled);
}

function isInString(template: string, at: number): boolean {
  return (template.slice(0, at).match(/(?<!\\)"/g) ?? []).length % 2 === 1;
}

/** `$.detail.state`: names alone, which is what rules use. */
function valueAt(event: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>> | undefined)?.[name], event);
}

/** A JSON string is sent as the text it stands for. */
function plainText(text: string): string {
  const value: unknown = JSON.parse(text);
  return typeof value === 'string' ? value : text;
}
