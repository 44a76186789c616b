/** What a token may be for: a game's events, one studio's reports, or the publisher's accounts and reports. */
export const roles = ['game', 'studio', 'publisher'] as const;

export type Role = (typeof roles)[number];

/**
 * What the id of a game or of a studio looks like, as a regular expression. Ids stand in paths, policies and object
 * keys, so no character of theirs means anything there.
 */
export const accountIdPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';
