# The operator's image: one static binary and the CA certificates that it trusts. `make image` builds it.
FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /src
COPY . .
# Naming the target applies the flag to the program only, not to build scripts and procedural macros.
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
 && RUSTFLAGS='-C target-feature=+crt-static' cargo build --locked --release --bin ecs-express-operator --target "$target" \
 && install -D "target/$target/release/ecs-express-operator" /image/ecs-express-operator \
 && install -D -m 0644 LICENSE /image/LICENSE \
 && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && find /image -exec touch --no-dereference --date=@0 '{}' +

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="ecs-express-operator" \
      org.opencontainers.image.description="Runs Amazon ECS Express Mode services from Kubernetes." \
      org.opencontainers.image.source="https://github.com/ecs-express/ecs-express-operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# A numeric user lets Kubernetes verify that it is not root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/ecs-express-operator"]
CMD ["run"]
