/** Webflow's Data API error body. Source: the error schema of Webflow's OpenAPI description. */
export interface ApiError {
  code: string;
  message: string;
  externalReference: null;
  details: never[];
}

export function apiError(code: string, message: string): ApiError {
  return { code, message, externalReference: null, details: [] };
}

const byStatus: ReadonlyMap<number, ApiError> = new Map([
  [400, apiError("bad_request", "Bad Request: Request is malformed")],
  [401, apiError("not_authorized", "Request not authorized")],
  [403, apiError("forbidden", "User is not authorized to perform this action")],
  [404, apiError("resource_not_found", "Requested resource not found")],
  [429, apiError("too_many_requests", "Too many requests")],
  [500, apiError("internal_error", "An Internal Error occurred")],
  [503, apiError("service_unavailable", "Service temporarily unavailable. Please try again later.")],
]);

/** What Webflow's API says with this status, as text. */
export function statusBody(status: number): string {
  return JSON.stringify(byStatus.get(status) ?? apiError("internal_error", "An Internal Error occurred"));
}
