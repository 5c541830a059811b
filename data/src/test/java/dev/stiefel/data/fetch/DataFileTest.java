package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DataFileTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../images", "a/b", ".hidden", "a b"})
    void aNameThatIsNotAPlainFileNameIsRejected(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DataFile(name, 1, "0".repeat(64)))
                .withMessage("data file: the name must be a plain file name; got '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD"})
    void aHashThatIsNoneIsRejected(String hash) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DataFile("images", 1, hash))
                .withMessage("data file 'images': a SHA-256 has 64 lower-case hexadecimal digits; got '" + hash + "'");
    }

    @Test
    void itsOwnContentIsWholeAndAnyOtherIsNot() {
        DataFile file = TestFiles.describe("images", new byte[] {1, 2, 3});

        assertThatNoException().isThrownBy(() -> file.requireWhole(new byte[] {1, 2, 3}, "/a/images"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> file.requireWhole(new byte[] {1, 2}, "/a/images"))
                .withMessage("cannot read /a/images: it must have 3 bytes; got 2; the file is damaged");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> file.requireWhole(new byte[] {1, 2, 4}, "/a/images"))
                .withMessageStartingWith("cannot read /a/images: its SHA-256 must be " + file.sha256() + "; got ")
                .withMessageEndingWith("; the file is damaged");
    }
}
