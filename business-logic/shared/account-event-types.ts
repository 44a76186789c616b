/**
 * The event types that account tables are built from. They are sent under the reserved application and under no other;
 * their schemas, as those of all types, stand in config/events.
 */
export const accountEventTypes = [
  'account_created',
  'account_closed',
  'game_registered',
  'game_unregistered',
  'studio_registered',
  'game_published',
] as const;

export type AccountEventType = (typeof accountEventTypes)[number];

const types = new Set<string>(accountEventTypes);

/** Whether events of this type build account tables. */
export const isAccountEventType = (eventType: string): eventType is AccountEventType => types.has(eventType);
