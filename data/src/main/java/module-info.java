/// Data sets: where they come from, how they are read, checked and split.
module dev.stiefel.data {
    requires transitive dev.stiefel.core;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.stiefel.data;
    exports dev.stiefel.data.fetch;
    exports dev.stiefel.data.vision;
}
