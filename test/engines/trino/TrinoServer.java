/** Starts Trino's own server as the launcher of its distribution does; the only argument is the version. */
public final class TrinoServer {
    private TrinoServer() {}

    public static void main(String[] args) {
        new io.trino.server.Server().start(args[0]);
    }
}
