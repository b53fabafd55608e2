# One image for every service and the command line; the command says which. See docs/deploy.md.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY packages ./packages
COPY services ./services
COPY infra ./infra
COPY tsconfig.json ./
RUN node infra/setup.mjs && node_modules/.bin/node infra/build.mjs

FROM node:24-slim AS runtime
ENV NODE_ENV=production \
    NODE_OPTIONS=--disable-warning=ExperimentalWarning \
    NODE_DISABLE_COMPILE_CACHE=1 \
    CAIRN_DATA=/data
RUN mkdir /data && chown node:node /data
WORKDIR /app
# package.json says that these are ES modules.
COPY --from=build /build/infra/image-package.json ./package.json
COPY --from=build /build/dist ./dist
USER node
VOLUME /data
CMD ["node", "dist/gateway/main.js"]
