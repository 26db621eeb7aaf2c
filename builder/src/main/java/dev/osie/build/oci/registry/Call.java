package dev.osie.build.oci.registry;

import dev.osie.build.http.OutgoingBody;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a registry is asked to do.
 *
 * @param method of HTTP
 * @param scope what the user must be allowed to
 * @param headers beside those that say who asks
 * @param body opened anew for each try
 */
record Call(String method, Scope scope, Map<String, String> headers, Supplier<OutgoingBody> body) {
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");

    static Call get(Scope scope) {
        return new Call("GET", scope, Map.of(), OutgoingBody::empty);
    }

    static Call head(Scope scope) {
        return new Call("HEAD", scope, Map.of(), OutgoingBody::empty);
    }

    static Call of(String method, Scope scope, Supplier<OutgoingBody> body) {
        return new Call(method, scope, Map.of(), body);
    }

    Call with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Call(method, scope, more, body);
    }

    /** Whether nothing but an answer is wanted. */
    boolean isReading() {
        return WITHOUT_BODY.contains(method);
    }

    void addTo(HttpRequest.Builder request) {
        headers.forEach(request::header);
        if (isReading()) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        }
    }
}
