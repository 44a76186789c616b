/** Signed routes that the admin function answers, by path. */
export const adminRoutes: Readonly<Record<string, readonly string[]>> = {
  '/applications': ['GET', 'POST'],
  '/applications/{applicationId}': ['GET', 'DELETE'],
  '/applications/{applicationId}/authorizations': ['GET', 'POST'],
  '/applications/{applicationId}/authorizations/{apiKeyId}': ['GET', 'PUT', 'DELETE'],
  '/applications/{applicationId}/authorizations/{apiKeyId}/rotate': ['POST'],
};

/** Signed routes of a deployment that has a warehouse, by path. */
export const warehouseRoutes: Readonly<Record<string, readonly string[]>> = { '/redshift/setup': ['POST'] };
