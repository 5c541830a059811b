/// Data sets: where they come from, how they are read, checked and split.
@SuppressWarnings("requires-automatic") // the reader of WebP images has no descriptor yet
module dev.stiefel.data {
    requires com.twelvemonkeys.imageio.webp;
    requires de.siegmar.fastcsv;
    requires transitive dev.stiefel.core;
    requires java.desktop;
    requires java.net.http;
    requires static transitive org.jspecify;
    requires tools.jackson.databind;

    exports dev.stiefel.data;
    exports dev.stiefel.data.fetch;
    exports dev.stiefel.data.language;
    exports dev.stiefel.data.own;
    exports dev.stiefel.data.text;
    exports dev.stiefel.data.vision;
}
