package dev.osie.worker.registry;

import java.io.IOException;

/** A registry answers, but not with what it was asked for. */
public final class RegistryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    RegistryException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Whether it would answer alike another time: there is no such image, or it is for others. */
    public boolean isLasting() {
        return status == 400 || status == 401 || status == 403 || status == 404;
    }
}
