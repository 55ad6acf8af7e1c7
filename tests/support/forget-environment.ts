// A developer may have exported these: no test may reach a database or an app that somebody uses.
for (const name of Object.keys(process.env)) {
  if (/^(DATABASE_URL|DIRECT_URL|AUTH_|NEXTAUTH_|WEBFLOW_|TOKEN_KEYS|CRON_SECRET|VERCEL)/.test(name)) {
    delete process.env[name];
  }
}
