import type { Emulator } from '../runtime.ts';

interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint?: string;
}

/** Who would hear of a notice. */
export const subscription: Emulator = {
  types: ['AWS::SNS::Subscription'],
  async start(resource, { events }) {
    const { TopicArn, Protocol, Endpoint = '' } = resource.properties as unknown as SubscriptionProperties;
    events.subscribe(TopicArn, `${Protocol}:${Endpoint}`);
    return { ref: `${TopicArn}:${resource.generatedName}` };
  },
};
