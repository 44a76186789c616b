import type { Emulator, Resource, Runtime, Started } from './runtime.ts';
import type { StackTemplate } from './template/assembly.ts';
import { startResources } from './template/start-resources.ts';
import type { RunningTemplates } from './template/start-resources.ts';

export interface StartedAll {
  /** Resource types of the templates that nothing stands in for, sorted. */
  readonly withoutStandIn: readonly string[];
  readonly output: RunningTemplates['output'];
  /** Stops what runs, the last started first. */
  stop(): Promise<void>;
}

/** Starts every resource that has a stand-in, in the order of their references; notes those that have none. */
export async function startAll(
  stacks: readonly StackTemplate[],
  emulators: readonly Emulator[],
  runtime: Runtime,
): Promise<StartedAll> {
  const byType = new Map(emulators.flatMap((emulator) => emulator.types.map((type) => [type, emulator] as const)));
  const running: Started[] = [];
  const withoutStandIn = new Set<string>();
  const stop = async (): Promise<void> => {
    for (const one of running.toReversed()) await one.stop?.();
    running.length = 0;
  };

  try {
    const templates = await startResources(stacks, runtime, async (resource) => {
      const emulator = byType.get(resource.type) ?? byType.get(familyOf(resource.type));
      if (!emulator) {
        withoutStandIn.add(resource.type);
        return placeholder(resource, runtime);
      }
      const started = await startOne(emulator, resource, runtime);
      running.push(started);
      return started;
    });
    for (const one of running) await one.ready?.();
    return { withoutStandIn: [...withoutStandIn].toSorted(), output: templates.output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `Custom::*` for every type of custom resource, which the templates name as they like. */
function familyOf(type: string): string {
  return type.replace(/^Custom::.*$/, 'Custom::*');
}

async function startOne(emulator: Emulator, resource: Resource, runtime: Runtime): Promise<Started> {
  try {
    return await emulator.start(resource, runtime);
  } catch (error) {
    throw new Error(`${resource.stack}/${resource.logicalId} (${resource.type}) does not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Values of a resource that nothing stands in for: names and ARNs of the right form, behind which there is nothing. */
function placeholder({ type, generatedName, properties }: Resource, runtime: Runtime): Started {
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  const named = Object.entries(properties).find(([key, value]) => /^(.*Name)$/.test(key) && typeof value === 'string');
  const ref = typeof named?.[1] === 'string' ? named[1] : generatedName;
  const arn = `arn:${runtime.partition}:${service}:${runtime.region}:${runtime.accountId}:${kind}/${ref}`;
  const attributes = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (String(name).endsWith('Arn') ? arn : ref) },
  );
  return { ref, attributes };
}
