// The floor below the framework: node:http and pg, one statement and one string a page. Started with PORT, DATABASE_URL
// and the user id that the page is for.
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });

const server = createServer(async (request, response) => {
  if (request.url === "/api/health") return void response.end("ok");
  const { rows } = await pool.query(
    `SELECT a."name", g."scopes", g."sites" FROM "Session" s JOIN "Grant" g ON g."userId" = s."userId"
     JOIN "Account" a ON a."providerAccountId" = g."webflowUserId" WHERE s."tokenHash" = $1`,
    [process.env.TOKEN_HASH],
  );
  const items = rows.flatMap(({ scopes }) =>
    scopes.map((/** @type {string} */ scope) => `<li>${scope}</li>`),
  );
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Bare</title><h1>${rows[0]?.name}</h1><ul>${items.join("")}</ul>`);
});
server.listen(Number(process.env.PORT), "localhost");
