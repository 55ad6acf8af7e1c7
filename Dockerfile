# docker build -t webflow-app . ; docs/self-hosting.md says how to run it.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
# Next writes it into the build; docs/self-hosting.md says what it is for.
ARG NEXT_SERVER_ACTIONS_ENCRYPTION_KEY
RUN NEXT_OUTPUT=standalone npm run build

# Applies the migrations and ends: docker build --target migrate
FROM build AS migrate
CMD ["npm", "run", "--silent", "db:migrate"]

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000
COPY --from=build --chown=node:node /app/.next/standalone ./
COPY --from=build --chown=node:node /app/.next/static ./.next/static
COPY --from=build --chown=node:node /app/public ./public
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
