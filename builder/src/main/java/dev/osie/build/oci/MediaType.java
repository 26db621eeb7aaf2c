package dev.osie.build.oci;

/** Media types of the OCI image specification ("Media Types") that this program reads or writes. */
public final class MediaType {
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    /** A layer as an uncompressed tar archive. */
    public static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    /** A layer as a tar archive compressed by gzip. */
    public static final String LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    /** A layer as a tar archive compressed by Zstandard. */
    public static final String LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
    /** Docker's older names for the same things. */
    public static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";

    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public static final String DOCKER_LAYER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

    private MediaType() {}
}
