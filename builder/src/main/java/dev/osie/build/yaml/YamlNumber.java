package dev.osie.build.yaml;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalLong;

/** Reads numbers as YAML 1.1 writes them (its types int and float). */
final class YamlNumber {
    private static final int SIXTY = 60;

    private YamlNumber() {}

    /** A whole number in base 2, 8, 10, 16 or 60; nothing when it does not fit. */
    static OptionalLong integer(String text) {
        String digits = text.replace("_", "");
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        try {
            BigInteger value = magnitude(digits);
            return OptionalLong.of((negative ? value.negate() : value).longValueExact());
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    private static BigInteger magnitude(String digits) {
        if (digits.indexOf(':') >= 0) {
            BigInteger value = BigInteger.ZERO;
            for (String place : digits.split(":", -1)) {
                value = value.multiply(BigInteger.valueOf(SIXTY)).add(new BigInteger(place));
            }
            return value;
        }
        if (digits.startsWith("0b")) {
            return new BigInteger(digits.substring(2), 2);
        }
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        }
        boolean octal = digits.startsWith("0") && digits.length() > 1;
        return new BigInteger(digits, octal ? 8 : 10);
    }

    /** A number as people write it: {@code 1000} for {@code 1e3}; itself when that would be longer. */
    static String decimal(String text) {
        try {
            BigDecimal value = new BigDecimal(text.replace("_", ""));
            return Math.abs((long) value.scale()) > 30
                    ? text
                    : value.stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
