package dev.osie.worker.image;

/** An image can't be pulled; the cause says why. */
public final class PullFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean lasting;

    /** @param lasting whether another try would end alike: the registry has no such image or wants another login */
    public PullFailure(Throwable cause, boolean lasting) {
        super(cause);
        this.lasting = lasting;
    }

    boolean isLasting() {
        return lasting;
    }
}
