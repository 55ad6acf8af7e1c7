/**
 * Where a page sends somebody who asks for what is not there. Next shows `notFound()` of a page with client JavaScript only,
 * and an empty page without; an address that no page has is answered by 404 and `app/not-found.tsx`, whole.
 */
export const notFoundPath = "/not-found";
