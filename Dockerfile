# The worker; the emulator too, with another command. Debian, because Temporal's native core needs glibc.
FROM node:24.20.0-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY tools tools
COPY src src
RUN npm run build

# Temporal's SDK is a peer dependency and one for development. `--omit=dev` takes it for the latter, and leaves it out.
FROM build AS dependencies
RUN npm pkg delete devDependencies && npm prune

FROM base
# TLS to Temporal uses the system's certificates, which the slim image lacks. tini forwards signals and reaps children.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
# glibc keeps freed memory otherwise: docs/configuration.md, Memory.
ENV MALLOC_TRIM_THRESHOLD_=131072
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
ENTRYPOINT ["tini", "--"]
CMD ["node", "dist/worker.js"]
